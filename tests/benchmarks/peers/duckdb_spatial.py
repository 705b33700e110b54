"""DuckDB's spatial extension, tables in and tables out, on as many threads as it likes.

The extension comes as a file in a package of its own, so that none is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from tests.benchmarks.found import LeftOutError

try:
    import duckdb
    import duckdb_extension_spatial
except ImportError as error:
    raise LeftOutError(f"DuckDB spatial is not installed: {error}") from error

if TYPE_CHECKING:
    from tests.benchmarks.city import City
    from tests.benchmarks.found import Figures

BLIND_SPOTS = """
CREATE OR REPLACE TABLE covered AS SELECT ST_Union_Agg(geom) AS geom FROM cells;

CREATE OR REPLACE TABLE gaps AS
WITH parts AS (SELECT (unnest(ST_Dump(geom))).geom AS geom FROM covered),
outline AS (SELECT ST_Union_Agg(ST_MakePolygon(ST_ExteriorRing(geom))) AS geom FROM parts),
missing AS (
    SELECT (unnest(ST_Dump(ST_Difference(outline.geom, covered.geom)))).geom AS geom
    FROM outline, covered
)
SELECT row_number() OVER () - 1 AS gap, geom FROM missing;

-- two steps: as one, the area would be asked of pairs that do not even meet
CREATE OR REPLACE TABLE pairs AS
SELECT a.id AS one, b.id AS other, ST_Intersection(a.geom, b.geom) AS geom
FROM cells a JOIN cells b ON ST_Intersects(a.geom, b.geom) WHERE a.id < b.id;
CREATE OR REPLACE TABLE contested AS SELECT * FROM pairs WHERE ST_Area(geom) > 0;

CREATE OR REPLACE TABLE touching AS
SELECT gap, id, ST_Length(ST_Intersection(ST_Boundary(g.geom), ST_Boundary(c.geom))) AS shared
FROM gaps g JOIN cells c ON ST_Intersects(g.geom, c.geom);
CREATE OR REPLACE TABLE neighbours AS
SELECT gap, id, sum(shared) AS shared FROM touching WHERE shared > 0 GROUP BY ALL;
"""
BLIND_SPOTS_FIGURES = """
SELECT (SELECT count(*) FROM gaps) AS gaps,
    (SELECT sum(ST_Area(geom)) FROM gaps) AS gap_area,
    (SELECT count(*) FROM contested) AS contested,
    (SELECT sum(ST_Area(geom)) FROM contested) AS pairs_area,
    (SELECT count(*) FROM neighbours) AS neighbours,
    (SELECT sum(shared) FROM neighbours) AS shared
"""
PARTITION = """
CREATE OR REPLACE TABLE lines AS SELECT ST_Union_Agg(ST_Boundary(geom)) AS geom FROM covers;
CREATE OR REPLACE TABLE parts AS
WITH pieces AS (SELECT (unnest(ST_Dump(ST_Polygonize([geom])))).geom AS geom FROM lines)
SELECT row_number() OVER () - 1 AS part, geom, ST_PointOnSurface(geom) AS inside FROM pieces;
CREATE OR REPLACE TABLE owners AS
SELECT part, id FROM parts p JOIN covers c ON ST_Contains(c.geom, p.inside);
"""
PARTITION_FIGURES = """
WITH counted AS (
    SELECT ST_Area(any_value(geom)) AS area, count(id) AS owners
    FROM parts LEFT JOIN owners USING (part) GROUP BY part
)
SELECT count(*) AS parts,
    sum(area) FILTER (owners > 0) AS covered_area,
    coalesce(sum(area) FILTER (owners = 0), 0) AS unowned_area,
    sum(area * owners * (owners - 1) / 2) AS pairs_area
FROM counted
"""


@dataclass(frozen=True, slots=True)
class Tables:
    """A database in memory after some work, and how to ask for figures of it."""

    database: Any
    query: str

    def figures(self) -> Figures:
        """Return numbers that other contestants must find as well."""
        (row,) = self.database.execute(self.query).df().to_dict("records")
        return {name: float(value) for name, value in row.items()}


def prepare(city: City) -> Any:
    """Return a database in memory with the layers as tables; not timed."""
    database = duckdb.connect()
    extensions = sorted(Path(duckdb_extension_spatial.__file__).parent.rglob("*.duckdb_extension"))
    try:
        for extension in extensions:
            database.execute(f"LOAD '{extension}'")
        database.execute("SELECT ST_Area(ST_MakeEnvelope(0, 0, 1, 1))")
    except duckdb.Error as error:
        raise LeftOutError(f"DuckDB cannot load its spatial extension: {error}") from error
    covers = np.concatenate([city.polygons, city.zones])
    rows = pd.DataFrame({"id": np.arange(len(covers)), "wkb": shapely.to_wkb(covers)})
    database.register("handed", rows)
    database.execute("CREATE TABLE covers AS SELECT id, ST_GeomFromWKB(wkb) AS geom FROM handed")
    database.unregister("handed")
    cells = f"CREATE TABLE cells AS SELECT * FROM covers WHERE id < {len(city.polygons)}"  # noqa: S608
    database.execute(cells)
    return database


def gaps(database: Any) -> Tables:
    """Find gaps with neighbours, and pairwise overlaps."""
    database.execute(BLIND_SPOTS)
    return Tables(database, BLIND_SPOTS_FIGURES)


def partition(database: Any) -> Tables:
    """Cut cells and zones into parts with their owners; nothing about neighbours."""
    database.execute(PARTITION)
    return Tables(database, PARTITION_FIGURES)
