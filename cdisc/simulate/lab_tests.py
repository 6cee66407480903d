"""The local laboratory's catalogue: names, units, ranges and how each value behaves."""

from __future__ import annotations

from dataclasses import dataclass

HEMATOLOGY, CHEMISTRY, COAGULATION, PREGNANCY = "hematology", "chemistry", "coagulation", "hcg"


@dataclass(frozen=True, slots=True)
class LabTest:
    """One test. `low` and `high` are the reference limits (None: open), in `unit`.

    `centre` and `spread` place the subjects' usual values, `wobble` one subject's from visit to
    visit, all in `unit`; `decimals` is how the analyser prints.
    """

    code: str
    panel: str
    english: str
    chinese: str
    unit: str
    low: float | None
    high: float | None
    centre: float
    spread: float
    wobble: float
    decimals: int


TESTS: tuple[LabTest, ...] = tuple(
    LabTest(*row)
    for row in (
        ("HGB", HEMATOLOGY, "Hemoglobin", "血红蛋白", "g/L", 115, 150, 122, 9, 4, 0),
        ("WBC", HEMATOLOGY, "WBC", "白细胞计数", "10~9/L", 3.5, 9.5, 6.2, 1.1, 0.6, 2),
        ("NEUT", HEMATOLOGY, "Neutrophils", "中性粒细胞计数", "10~9/L", 1.8, 6.3, 3.8, 0.7, 0.4, 2),
        ("LYM", HEMATOLOGY, "Lymphocytes", "淋巴细胞计数", "10~9/L", 1.1, 3.2, 1.55, 0.25, 0.12, 2),
        ("MONO", HEMATOLOGY, "Monocytes", "单核细胞计数", "10~9/L", 0.1, 0.6, 0.4, 0.06, 0.05, 2),
        ("PLAT", HEMATOLOGY, "Platelets", "血小板计数", "10~9/L", 125, 350, 215, 38, 14, 0),
        ("ALT", CHEMISTRY, "ALT", "丙氨酸氨基转移酶", "U/L", 9, 50, 26, 6, 4, 1),
        ("AST", CHEMISTRY, "AST", "天门冬氨酸氨基转移酶", "U/L", 15, 40, 25, 4, 3, 1),
        ("ALP", CHEMISTRY, "ALP", "碱性磷酸酶", "U/L", 45, 125, 92, 17, 7, 0),
        ("GGT", CHEMISTRY, "GGT", "γ-谷氨酰转移酶", "U/L", 10, 60, 38, 9, 4, 0),
        ("LDH", CHEMISTRY, "LDH", "乳酸脱氢酶", "U/L", 120, 250, 205, 28, 14, 0),
        ("BILI", CHEMISTRY, "Total bilirubin", "总胆红素", "umol/L", None, 23, 11, 2.6, 1.4, 1),
        ("CREAT", CHEMISTRY, "Creatinine", "肌酐", "umol/L", 41, 97, 70, 9, 4, 1),
        ("ALB", CHEMISTRY, "Albumin", "白蛋白", "g/L", 40, 55, 42.5, 1.7, 1.0, 1),
        ("SODIUM", CHEMISTRY, "Sodium", "钠", "mmol/L", 137, 147, 140.5, 1.1, 1.0, 1),
        ("K", CHEMISTRY, "Potassium", "钾", "mmol/L", 3.5, 5.3, 4.2, 0.2, 0.2, 2),
        ("CA", CHEMISTRY, "Calcium", "钙", "mmol/L", 2.11, 2.52, 2.3, 0.05, 0.04, 2),
        ("GLUC", CHEMISTRY, "Glucose", "葡萄糖", "mmol/L", 3.9, 6.1, 5.4, 0.5, 0.35, 2),
        ("INR", COAGULATION, "INR", "国际标准化比值", "", 0.8, 1.2, 1.02, 0.05, 0.03, 2),
        ("APTT", COAGULATION, "APTT", "活化部分凝血活酶时间", "s", 28, 43.5, 34, 2.2, 1.2, 1),
    )
)

HCG = LabTest("HCG", PREGNANCY, "HCG", "人绒毛膜促性腺激素", "mIU/mL", None, 5, 0.2, 0.05, 0.05, 2)

CODES: tuple[str, ...] = tuple(test.code for test in TESTS)

# Conventional units of some local laboratories: unit, and how many catalogue units one of it is.
CONVENTIONAL = {"HGB": ("g/dL", 10.0, 1), "BILI": ("mg/dL", 17.1, 2), "CREAT": ("mg/dL", 88.4, 2)}
