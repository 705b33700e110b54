"""The bodies of the sample: government, departments, the oilfield company, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from mangqu_samples.panjin.territory import Territory

CITY_GOVERNMENT = "PJ"
CITY_ENFORCEMENT = "UM-PJ"
OIL_COMPANY = "OIL"
OIL_FARM = "OIL-FARM"
OIL_PLANT_1, OIL_PLANT_2, OIL_PLANT_3 = "OIL-P1", "OIL-P2", "OIL-P3"
LIGHT_COMPANY = "LIGHT-CO"
MARKET_COMPANY = "MARKET-CO"
ESTATE_1, ESTATE_2, ESTATE_3 = "PM-1", "PM-2", "PM-3"
CENTRAL_UNIT, PROVINCE_COLLEGE, CITY_HOSPITAL = "SU-1", "SU-2", "SU-3"

#: body_id, name_zh, name_en, kind, level, superior_id, affiliation_level
_NAMED = (
    (CITY_GOVERNMENT, "盘锦市人民政府", "Panjin City Government", "government", "city", "", ""),
    (
        CITY_ENFORCEMENT,
        "市综合行政执法局",
        "City Bureau of Urban Enforcement",
        "department",
        "city",
        CITY_GOVERNMENT,
        "",
    ),
    (
        OIL_COMPANY,
        "油田公司（合成）",
        "Oilfield Company (made up)",
        "enterprise",
        "",
        "",
        "central",
    ),
    (
        OIL_PLANT_1,
        "第一采油厂（合成）",
        "Oil Production Plant 1 (made up)",
        "enterprise",
        "",
        OIL_COMPANY,
        "central",
    ),
    (
        OIL_PLANT_2,
        "第二采油厂（合成）",
        "Oil Production Plant 2 (made up)",
        "enterprise",
        "",
        OIL_COMPANY,
        "central",
    ),
    (
        OIL_PLANT_3,
        "油田矿区服务部（合成）",
        "Oilfield Community Services (made up)",
        "enterprise",
        "",
        OIL_COMPANY,
        "central",
    ),
    (
        OIL_FARM,
        "油田农场（合成）",
        "Oilfield Farm (made up)",
        "enterprise",
        "",
        OIL_COMPANY,
        "central",
    ),
    (
        LIGHT_COMPANY,
        "路灯养护公司（合成）",
        "Street Light Company (made up)",
        "enterprise",
        "",
        "",
        "",
    ),
    (
        MARKET_COMPANY,
        "集贸市场管理公司（合成）",
        "Market Operator (made up)",
        "enterprise",
        "",
        "",
        "",
    ),
    (ESTATE_1, "甲物业公司（合成）", "Property Company A (made up)", "property", "", "", ""),
    (ESTATE_2, "乙物业公司（合成）", "Property Company B (made up)", "property", "", "", ""),
    (ESTATE_3, "丙物业公司（合成）", "Property Company C (made up)", "property", "", "", ""),
    (
        CENTRAL_UNIT,
        "驻区中直单位（合成）",
        "Stationed Central Unit (made up)",
        "stationed",
        "",
        "",
        "central",
    ),
    (
        PROVINCE_COLLEGE,
        "驻区省直院校（合成）",
        "Stationed Provincial College (made up)",
        "stationed",
        "",
        "",
        "province",
    ),
    (
        CITY_HOSPITAL,
        "驻区市直医院（合成）",
        "Stationed City Hospital (made up)",
        "stationed",
        "",
        "",
        "city",
    ),
)

_COLUMNS = (
    "body_id",
    "name_zh",
    "name_en",
    "kind",
    "level",
    "superior_id",
    "affiliation_level",
)


def government(county: str) -> str:
    """Return the id of a county's government."""
    return f"PJ-{county}"


def office(township: str) -> str:
    """Return the id of a township's government or a subdistrict's office."""
    return f"PJ-{township}"


def enforcement(county: str) -> str:
    """Return the id of a county's bureau of urban enforcement."""
    return f"UM-{county}"


def housing(county: str) -> str:
    """Return the id of a county's bureau of housing and construction."""
    return f"HC-{county}"


def make_bodies(territory: Territory) -> pd.DataFrame:
    """Return the bodies table; names of places are real, all duties are made up."""
    rows: list[tuple[str, ...]] = list(_NAMED)
    for code, county in territory.counties.iterrows():
        zh, en = county["name_zh"], county["name_en"]
        superior = government(code)
        rows += [
            (
                superior,
                f"{zh}人民政府",
                f"{en} Government",
                "government",
                "county",
                CITY_GOVERNMENT,
                "",
            ),
            (
                enforcement(code),
                f"{zh}综合行政执法局",
                f"{en} Bureau of Urban Enforcement",
                "department",
                "county",
                superior,
                "",
            ),
            (
                housing(code),
                f"{zh}住房和城乡建设局",
                f"{en} Bureau of Housing and Construction",
                "department",
                "county",
                superior,
                "",
            ),
        ]
    for code, township in territory.townships.iterrows():
        zh, en = _office_names(township["name_zh"], township["name_en"])
        superior = government(township["county"])
        rows.append((office(code), zh, en, "government", "street", superior, ""))
    return pd.DataFrame(rows, columns=list(_COLUMNS)).assign(valid_from="", valid_to="")


def _office_names(zh: str, en: str) -> tuple[str, str]:
    if zh.endswith("街道"):
        return f"{zh}办事处", f"{en} Office"
    if zh.endswith("镇"):
        return f"{zh}人民政府", f"{en} Government"
    if zh.endswith("开发区"):
        return f"{zh}管理委员会", f"{en} Committee"
    return zh, en
