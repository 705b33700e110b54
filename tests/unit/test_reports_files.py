"""What the verb that writes the workbooks does to files that are there."""

import pytest
from click.testing import CliRunner

from gis.errors import OutputError
from webmap.verbs import report


@pytest.mark.parametrize("name", ["ledger.xlsx", "responsibility-lists.xlsx"])
def test_a_ledger_that_people_have_filled_in_is_never_written_over(tmp_path, name):
    (tmp_path / name).write_text("filled in by hand", "utf-8")
    with pytest.raises(OutputError) as refused:
        CliRunner().invoke(
            report,
            ["run", "-o", str(tmp_path), "--xlsx"],
            catch_exceptions=False,
        )
    assert refused.value.problem == "exists"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text("utf-8") == "filled in by hand"
