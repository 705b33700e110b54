import datetime as dt
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from gis.catalogue import LANGUAGES
from gis.errors import OutputError
from gis.model.vocabulary import FindingClass
from tests.map_sample import BODIES, map_run, unmarked
from webmap.reports import sheets
from webmap.reports.ledger import STATES
from webmap.reports.workbook import write_ledger, write_responsibility_lists
from webmap.text import page_catalogue

BOTH = pytest.mark.parametrize("language", LANGUAGES)
HEADER = 4  # as a person counts rows

LEDGER_HEADINGS = {
    "zh": ["序号", "问题编号", "问题类别", "事项", "层级", "所在县区", "关注区域", "台账"],
    "en": ["No.", "Finding", "Class", "Matter", "Level", "District", "Zones of concern", "Ledger"],
}


def reported_run(mark=unmarked, *, slivers=3):
    """Return the map's sample with what only reports read."""
    run = map_run(mark, slivers=slivers)
    bodies = run.bodies.assign(
        kind=["government", "government", "enterprise", "department"],
        level="street",
        superior_id=["", "", "", mark("street-a")],
    )
    atoms = pd.DataFrame(
        {
            "atom_id": [1, 2, 3, 4],
            "arrangement": [0, 0, 0, 1],
            "area_m2": [2e6, 3e6, 4e6, 5e6],
            "claim_ids": [
                (mark("C1"),),
                (mark("C1"), mark("C4")),
                (mark("C2"), mark("C3")),
                (mark("C1"),),
            ],
        }
    )
    standings = pd.DataFrame(
        {
            "atom_id": [1, 2, 3, 4],
            "matter": mark("cleaning"),
            "level": "street",
            "standing": ["sole", "sole", "contested", "void"],
            "leads": [
                (mark("street-a"),),
                (mark("street-a"),),
                (mark("street-b"), mark("oil")),
                (),
            ],
        }
    )
    certificate = {**run.certificate, "tables": {"findings": {"rows": 10, "sha256": "ab" * 32}}}
    return replace(run, bodies=bodies, atoms=atoms, standings=standings, certificate=certificate)


def ledger(path, language="zh", **parts):
    write_ledger(reported_run(**parts), path, language=language)
    return openpyxl.load_workbook(path)


def lists(path, language="zh", run=None):
    write_responsibility_lists(run or reported_run(), path, language=language)
    return openpyxl.load_workbook(path)


def name(language, key):
    return page_catalogue(language).text(f"report.sheet.{key}")


def rows(sheet, header=HEADER):
    """Return the rows below a header as dictionaries."""
    values = list(sheet.iter_rows(min_row=header, values_only=True))
    return [dict(zip(values[0], row, strict=True)) for row in values[1:]]


def column_of(sheet, heading, header=HEADER):
    return next(cell.column_letter for cell in sheet[header] if cell.value == heading)


def block_of(sheet, heading):
    """Return the rows of one of several tables on a sheet."""
    start = next(cell.row for cell in sheet["A"] if cell.value == heading)
    found = rows(sheet, start + 1)
    end = next((i for i, row in enumerate(found) if not any(row.values())), len(found))
    return found[:end]


@BOTH
def test_the_ledger_has_its_sheets_and_headings_in_the_language(tmp_path, language):
    book = ledger(tmp_path / "ledger.xlsx", language)
    keys = ["ledger", "lanes", "joint", "slivers", "about", "choices"]
    assert book.sheetnames == [name(language, key) for key in keys]
    headings = [cell.value for cell in book.worksheets[0][HEADER]]
    assert headings[:8] == LEDGER_HEADINGS[language]
    assert len(set(headings)) == len(headings)
    assert book.worksheets[-1].sheet_state == "hidden"


@BOTH
def test_every_sheet_that_is_shown_bears_title_notice_project_and_date(tmp_path, language):
    settings = reported_run().settings
    for write in (ledger, lists):
        for sheet in write(tmp_path / "book.xlsx", language).worksheets[:-1]:
            assert sheet["A1"].value
            assert sheet["A2"].value == settings.notice.text(language)
            assert settings.name.text(language) in sheet["A3"].value
            assert "2026-08-15" in sheet["A3"].value


def test_each_finding_stands_on_the_sheet_where_its_class_belongs(tmp_path):
    book = ledger(tmp_path / "ledger.xlsx", "en")
    classes = {sheet.title: [row.get("Class") for row in rows(sheet)] for sheet in book.worksheets}
    assert classes["Issue ledger"] == [
        "Void",
        "Lapsed",
        "Leaderless",
        "Fallback only",
        "Contested",
        "Not passed down",
    ]
    assert classes["Joint"] == ["Joint"]
    assert classes["Data ledger"] == ["Sliver"] * 3
    assert classes["Lanes"] == ["Unowned lane", "Lane on a border"]
    in_b = [row["Class"] for row in rows(book["Issue ledger"]) if row["Ledger"] == "B"]
    assert in_b == ["Fallback only", "Not passed down"]


def test_a_finding_is_told_in_full(tmp_path):
    void = rows(ledger(tmp_path / "ledger.xlsx")["问题台账"])[0]
    finding = reported_run().findings.set_index("finding_id").loc["F-void"]
    assert void["问题编号"] == "F-void"
    assert void["事项"] == "保洁"
    assert void["所在县区"] == "河西区"
    assert void["关注区域"] == "背街小巷、waterfront"
    assert void["面积（平方米）"] == pytest.approx(finding["area_m2"])
    assert void["最大宽度（米）"] == pytest.approx(finding["width_m"])
    assert void["相邻单位（共界米数）"].split("\n") == [
        "兴隆街道办事处（4,000.0）",
        "振兴街道办事处（3,980.4）",
        "临管辖边界（400.0）",
    ]
    assert void["原因"] == finding["reason_zh"]
    assert "街道办事处" in void["法规依据"]
    assert (void["经度"], void["纬度"]) == pytest.approx((finding["lon"], finding["lat"]))
    assert void["状态"] == "已发现"
    assert void["拟定主责单位"] is None


def test_the_day_a_lead_ended_is_a_date_and_not_a_text(tmp_path):
    lapsed = rows(ledger(tmp_path / "ledger.xlsx", "en")["Issue ledger"])[1]
    assert lapsed["Ended on"] == dt.datetime(2026, 6, 30)  # noqa: DTZ001 - a day has no zone


@BOTH
def test_the_ledger_is_frozen_below_its_header_and_filtered_to_its_last_row(tmp_path, language):
    book = ledger(tmp_path / "ledger.xlsx", language)
    for sheet in book.worksheets[:4]:
        assert sheet.freeze_panes == f"C{HEADER + 1}"
        last = sheet.cell(HEADER, sheet.max_column).column_letter
        assert sheet.auto_filter.ref == f"A{HEADER}:{last}{sheet.max_row}"


@BOTH
def test_state_lead_and_deadline_are_offered_and_checked_in_every_row(tmp_path, language):
    book = ledger(tmp_path / "ledger.xlsx", language)
    texts = page_catalogue(language)
    sheet = book.worksheets[0]
    by_column = {
        str(check.sqref).split(":")[0]: check for check in sheet.data_validations.dataValidation
    }

    def check(key):
        letter = column_of(sheet, texts.text(f"report.column.{key}"))
        found = by_column[f"{letter}{HEADER + 1}"]
        assert str(found.sqref).endswith(str(sheet.max_row))
        return found

    def offered(validation):
        title, cells = validation.formula1.replace("'", "").split("!")
        return [cell.value for (cell,) in book[title][cells.replace("$", "")]]

    assert offered(check("state")) == [texts.label("state", state) for state in STATES]
    assert check("state").errorStyle in (None, "stop")
    assert offered(check("proposed_lead")) == [
        zh if language == "zh" else en for _, zh, en in BODIES
    ]
    assert check("proposed_lead").errorStyle == "warning"
    assert (check("deadline").type, check("deadline").operator) == ("date", "greaterThanOrEqual")


def test_two_bodies_of_one_name_are_told_apart_in_the_drop_down(tmp_path):
    run = reported_run()
    run = replace(run, bodies=run.bodies.assign(name_en="Street Office"))
    write_ledger(run, tmp_path / "ledger.xlsx", language="en")
    choices = openpyxl.load_workbook(tmp_path / "ledger.xlsx")["Choices"]["B"]
    assert [cell.value for cell in choices][1:3] == [
        "Street Office (street-a)",
        "Street Office (street-b)",
    ]


def test_columns_have_room_for_chinese(tmp_path):
    sheet = ledger(tmp_path / "ledger.xlsx")["问题台账"]
    heading = column_of(sheet, "面积（平方米）")
    assert sheet.column_dimensions[heading].width >= 2 * len("面积平方米") + 2
    assert 30 < sheet.column_dimensions[column_of(sheet, "原因")].width <= 61


def test_a_row_is_as_high_as_its_longest_text_needs(tmp_path):
    sheet = ledger(tmp_path / "ledger.xlsx", mark=lambda text: text + "长" * 200)["问题台账"]
    assert sheet.row_dimensions[HEADER + 1].height >= 15 * 400 / 60


def test_a_table_too_long_for_one_sheet_goes_on_in_a_second(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    book = ledger(tmp_path / "ledger.xlsx")
    assert book.sheetnames[:2] == ["问题台账", "问题台账 (2)"]
    assert [len(rows(sheet)) for sheet in book.worksheets[:2]] == [4, 2]


def test_totals_agree_with_the_rows_of_the_sheets(tmp_path):
    book = ledger(tmp_path / "ledger.xlsx", "en", slivers=7)
    totals = {
        row["Class"]: row
        for row in block_of(
            book["About"], "Totals by class (slivers included; a place counts once for each matter)"
        )
    }
    for sheet in ("Issue ledger", "Joint", "Data ledger"):
        table = pd.DataFrame(rows(book[sheet])).groupby("Class")["Area (m²)"].agg(["size", "sum"])
        for label, (count, area) in table.iterrows():
            assert totals[label]["Number"] == count
            assert totals[label]["Total area (m²)"] == pytest.approx(area)
    lanes = pd.DataFrame(rows(book["Lanes"])).groupby("Class")["Length (m)"].sum()
    for label, length in lanes.items():
        assert totals[label]["Total length (m)"] == pytest.approx(length)
    assert len(totals) == len(FindingClass) + 2


def test_the_about_sheet_names_the_digest_and_explains_every_column(tmp_path):
    book = ledger(tmp_path / "ledger.xlsx")
    about = book["说明"]
    assert {row["项目"]: row["内容"] for row in block_of(about, "概况")}[
        "问题表校验值"
    ] == "ab" * 32
    explained = {row["列名"] for row in block_of(about, "各列说明")}
    for sheet in book.worksheets[:4]:
        assert {cell.value for cell in sheet[HEADER]} <= explained


def test_a_run_without_findings_gives_a_ledger_that_opens_and_counts_none(tmp_path):
    run = reported_run()
    empty = replace(
        run,
        findings=run.findings.iloc[:0],
        finding_neighbours=run.finding_neighbours.iloc[:0],
        lane_findings=run.lane_findings.iloc[:0],
    )
    write_ledger(empty, tmp_path / "ledger.xlsx", language="en")
    sheet = openpyxl.load_workbook(tmp_path / "ledger.xlsx")["Issue ledger"]
    assert sheet["A1"].value.endswith("0 in all")
    assert rows(sheet) == []


HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "{{7*191}}"]
ODD = ["a\x00b\x1f", "<b>&amp;\"'</b>", "x" * 40_000, "_x003D_1", "http://e.x/ internal:'a'!A1"]


@pytest.mark.parametrize("payload", [*HOSTILE, *ODD])
def test_no_text_of_a_user_becomes_a_formula_a_link_or_a_broken_file(tmp_path, payload):
    run = reported_run(lambda text: payload + text, slivers=1)
    for language, write in (("zh", write_ledger), ("en", write_responsibility_lists)):
        path = tmp_path / f"{language}.xlsx"
        write(run, path, language=language)
        with zipfile.ZipFile(path) as parts:
            parts_of_sheets = [
                part for part in parts.namelist() if part.startswith("xl/worksheets/")
            ]
            assert not any(b"<f>" in parts.read(part) for part in parts_of_sheets)
            assert not any("externalLink" in part for part in parts.namelist())
        for sheet in openpyxl.load_workbook(path).worksheets:
            links = [cell.hyperlink for row in sheet for cell in row if cell.hyperlink]
            assert all(link.target is None for link in links)
        assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("payload", HOSTILE[:5])
def test_a_text_like_a_formula_stays_as_it_is_and_is_kept_from_being_one(tmp_path, payload):
    sheet = ledger(tmp_path / "l.xlsx", "en", mark=lambda text: payload + text)["Issue ledger"]
    cell = sheet[f"{column_of(sheet, 'Matter')}{HEADER + 1}"]
    assert cell.value.startswith(payload)
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_numbers_that_are_none_leave_their_cells_empty(tmp_path):
    run = reported_run()
    run.findings.loc[:, "width_m"] = float("nan")
    run.findings.loc[:, "area_m2"] = float("inf")
    write_ledger(run, tmp_path / "ledger.xlsx", language="en")
    row = rows(openpyxl.load_workbook(tmp_path / "ledger.xlsx")["Issue ledger"])[0]
    assert row["Width (m)"] is None
    assert row["Area (m²)"] is None


@pytest.mark.parametrize("write", [write_ledger, write_responsibility_lists])
def test_one_run_makes_one_file_byte_for_byte(tmp_path, write):
    write(reported_run(), tmp_path / "a.xlsx", language="zh")
    write(reported_run(), tmp_path / "b.xlsx", language="zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_file_that_cannot_be_put_in_place_is_refused_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "ledger.xlsx").mkdir()
    with pytest.raises(OutputError) as refused:
        write_ledger(reported_run(), tmp_path / "ledger.xlsx", language="zh")
    assert "ledger.xlsx" in refused.value.render("zh")
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.xlsx"]
    (tmp_path / "a-file").touch()
    with pytest.raises(OutputError):
        write_ledger(reported_run(), tmp_path / "a-file" / "ledger.xlsx", language="zh")


def test_the_index_leads_to_one_sheet_for_each_body(tmp_path):
    book = lists(tmp_path / "lists.xlsx")
    assert book.sheetnames == ["目录", *(zh for _, zh, _ in BODIES), "选项"]
    sheet = book["目录"]
    links = {cell.value: cell.hyperlink.location for cell in sheet["B"][HEADER:]}
    assert links == {zh: f"'{zh}'!A1" for _, zh, _ in BODIES}
    bureau = rows(sheet)[3]
    assert (bureau["主责项数"], bureau["协同项数"], bureau["其他职责项数"]) == (0, 1, 0)
    assert bureau["上级单位"] == "兴隆街道办事处"


def test_a_body_reads_its_duties_with_areas_taken_from_the_atoms(tmp_path):
    book = lists(tmp_path / "lists.xlsx", "en")
    (duty,) = block_of(book["Xinglong Street Office"], "Duties")
    assert (duty["Matter"], duty["Role"], duty["Reference"]) == (
        "Street cleaning",
        "lead",
        "市政办〔2026〕3号",
    )
    # atoms 1 and 2 of the first partition; the second partition shows the same ground again
    assert duty["Area (km²)"] == pytest.approx(5.0)
    assert duty["Validity"] == "In force"


def test_a_body_reads_what_it_leads_now_by_standing(tmp_path):
    book = lists(tmp_path / "lists.xlsx", "en")
    (led,) = block_of(book["Xinglong Street Office"], "Leads now")
    assert (led["Standing"], led["Area (km²)"]) == ("Sole lead", pytest.approx(5.0))
    (shared,) = block_of(book["Oil Production Plant No. 3"], "Leads now")
    assert (shared["Standing"], shared["Area (km²)"]) == ("Contested", pytest.approx(4.0))


def test_a_duty_past_its_day_says_so(tmp_path):
    book = lists(tmp_path / "lists.xlsx", "en")
    duties = block_of(book["County Enforcement Bureau"], "Duties")
    assert [duty["Validity"] for duty in duties] == ["Ended", "In force"]
    run = reported_run()
    run.claims.loc[4, "valid_to"] = pd.Timestamp("2026-09-30")
    soon = lists(tmp_path / "soon.xlsx", "en", run)
    first = block_of(soon["County Enforcement Bureau"], "Duties")[0]
    assert first["Validity"] == "Ends within 90 days"


def test_a_body_can_answer_each_finding_that_touches_it_slivers_apart(tmp_path):
    sheet = lists(tmp_path / "lists.xlsx", "en")["Zhenxing Street Office"]
    touching = block_of(sheet, "Findings")
    assert {row["Class"] for row in touching} == {
        "Void",
        "Lapsed",
        "Leaderless",
        "Fallback only",
        "Contested",
        "Not passed down",
    }
    assert {row["Relation"] for row in touching} == {"Neighbour"}
    assert {row["Shared border (m)"] for row in touching} == {3980.4}
    (check,) = sheet.data_validations.dataValidation
    assert check.formula1 == "'Choices'!$A$2:$A$4"


def test_every_table_of_a_body_can_be_filtered(tmp_path):
    for sheet in lists(tmp_path / "lists.xlsx").worksheets[1:-1]:
        assert len(sheet.tables) == 3
        assert all(table.autoFilter is not None for table in sheet.tables.values())


def test_with_very_many_bodies_all_share_three_sheets_and_the_index_says_so(tmp_path):
    run = reported_run()
    more = pd.DataFrame({"body_id": [f"P{n}" for n in range(60)], "name_en": "", "name_zh": ""})
    more = more.assign(kind="", level="", superior_id="")
    crowded = replace(run, bodies=pd.concat([run.bodies, more], ignore_index=True))
    book = lists(tmp_path / "lists.xlsx", "en", crowded)
    assert book.sheetnames == ["Index", "Duties", "Leads now", "Findings", "Choices"]
    assert "filter by the column Body" in book["Index"]["A3"].value
    assert len(rows(book["Index"])) == 64
    duties = rows(book["Duties"])
    assert len(duties) == len(run.claims)
    assert {row["Body"] for row in duties} == {en for _, _, en in BODIES}
    assert book["Duties"].auto_filter.ref is not None


def test_only_claims_in_force_count_as_leads_and_the_others_say_why(tmp_path):
    run = reported_run()
    extra = run.claims.iloc[[0, 0, 0, 0]].assign(
        claim_id=["D", "E", "N", "U"],
        body=["street-a", "street-a", "street-a", "oil"],
        status=["disclaimed", "expired", "claimed", "claimed"],
        valid_from=pd.to_datetime([None, None, "2030-01-01", None]).astype("datetime64[s]"),
    )
    bodies = run.bodies.assign(
        valid_to=pd.to_datetime([None, None, "2026-01-01", None]).astype("datetime64[s]")
    )
    run = replace(run, claims=pd.concat([run.claims, extra], ignore_index=True), bodies=bodies)
    book = lists(tmp_path / "lists.xlsx", "zh", run)
    first, _, oil, _ = rows(book["目录"])
    idle = "未计入项数（已否认、已到期或未生效）"
    assert (first["主责项数"], first[idle]) == (1, 3)
    assert (oil["主责项数"], oil[idle]) == (0, 2)
    duties = block_of(book["兴隆街道办事处"], "职责")
    assert {duty["责任主张编号"]: duty["时效"] for duty in duties} == {
        "C1": "有效",
        "D": "已否认",
        "E": "已到期",
        "N": "未生效",
    }
    assert {duty["时效"] for duty in block_of(book["采油三厂"], "职责")} == {"单位未设立或已撤销"}
