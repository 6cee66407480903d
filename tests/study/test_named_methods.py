"""Methods that the design gives a name: each is the method of a variable, or of a parameter."""

from cdisc.pipeline.metadata import described

# STUDY.md section 6
NAMED = {
    "MT.RFSTDTC", "MT.EPOCH", "MT.EXDOSE", "MT.SE", "MT.PP", "MT.LSTALVDT", "MT.DTHDT",
    "MT.TRTEMFL", "MT.CTCAE", "MT.NADIR", "MT.OVRDRV", "MT.IRECIST", "MT.CBOR", "MT.PFS",
}  # fmt: skip


def test_every_method_that_has_a_name_is_used_where_it_says(study, built):
    datasets = described(study, built.datasets)[0]
    used = {}
    for dataset in datasets.values():
        for variable in dataset.variables:
            used[f"{dataset.name}.{variable.name}"] = variable.method_name
            for level in variable.values:
                code = level.where[0].values[0]
                used[f"{dataset.name}.{variable.name}.{code}"] = level.method_name
    assert set(used.values()) >= NAMED
    assert used["ADRS.AVAL.CBOR"] == "MT.CBOR"
    assert used["ADTTE.AVAL.PFS"] == "MT.PFS"
    assert used["ADTTE.AVAL.OS"] == ""
