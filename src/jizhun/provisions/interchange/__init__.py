"""Provisions in outside formats, and back: parameter files in OpenFisca's manner, and workbooks."""
