"""Which of GDAL's many drivers may touch a file, and what becomes of the others."""

from __future__ import annotations

#: The formats that GDAL reads for us. Each has been looked through for ways to another file or to a
#: network; those that exist are closed in :mod:`gis.readers.gdal_layer`.
ALLOWED = (
    "ESRI Shapefile",
    "FlatGeobuf",
    "OpenFileGDB",
    "LIBKML",
    "GML",
    "MapInfo File",
    "DXF",
)

#: Every other driver of GDAL 3.8 to 3.12 that reads vectors; named before GDAL starts, they are
#: not there at all. One that a later GDAL adds is still refused: a file is opened, asked for its
#: driver, and let go unless that is the one meant.
SKIPPED = (
    "ADBC", "AIVector", "AmigoCloud", "Arrow", "AVCBin", "AVCE00", "CAD", "Carto", "CSV",
    "CSW", "DGN", "DGNv8", "DWG", "EDIGEO", "EEDA", "Elasticsearch", "ESRIJSON", "FileGDB",
    "GDALG", "GeoJSON", "GeoJSONSeq", "GeoRSS", "GMLAS", "GPKG", "GPSBabel", "GPX", "GTFS",
    "HANA", "HTTP", "IDB", "Idrisi", "Interlis 1", "Interlis 2", "JML", "JP2OpenJPEG",
    "JSONFG", "KML", "LIBOPENCAD", "LVBAG", "MapML", "MBTiles", "MEM", "Memory",
    "MiraMonVector", "MongoDBv3", "MSSQLSpatial", "MVT", "MySQL", "NAS", "netCDF", "NGW",
    "OAPIF", "OCI", "ODBC", "ODS", "OGCAPI", "OGDI", "OGR_GMT", "OGR_PDS", "OGR_VRT", "OSM",
    "Parquet", "PCIDSK", "PDF", "PDS4", "PGDUMP", "PGeo", "PLSCENES", "PMTiles", "PostgreSQL",
    "S57", "Selafin", "SOSI", "SQLite", "SVG", "SXF", "TIGER", "Tiger", "TileDB", "TopoJSON",
    "UK .NTF", "VDV", "VFK", "VICAR", "WAsP", "WFS", "XLS", "XLSX", "Zarr",
)  # fmt: skip
