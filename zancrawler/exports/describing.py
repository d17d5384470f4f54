"""A release described for machines: Croissant, Frictionless, and the Citation File Format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from zancrawler.exports.release import Release
from zancrawler.tables.columns import Column

_VOCABULARIES = {
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
}
LICENCE = "https://rightsstatements.org/vocab/InC/1.0/"
"""In copyright: of each outlet, as the card lists them. We grant nothing that is not ours."""


def croissant(release: Release, sums: Mapping[str, str]) -> str:
    """JSON-LD after MLCommons Croissant 1.0, with one record set a table."""
    files = [
        {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path,
            "contentUrl": file.path,
            "encodingFormat": "application/x-parquet",
            "sha256": sums[file.path],
        }
        for file in release.files
    ]
    sets = [
        {
            "@type": "cr:FileSet",
            "@id": f"{table}-files",
            "encodingFormat": "application/x-parquet",
            "includes": f"data/{table}/*.parquet",
        }
        for table in release.tables
    ]
    value = {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": release.name,
        "description": _summary(release),
        "version": release.version.replace(".0", "."),
        "datePublished": f"{release.latest:%Y-%m-%d}",
        "license": LICENCE,
        "citeAs": f"{release.title}. Version {release.version}. {release.software}.",
        "inLanguage": [tag for tag in release.languages if tag != "und"],
        "creator": {"@type": "sc:Organization", "name": "zancrawler"},
        "distribution": [*files, *sets],
        "recordSet": [_record_set(release, table) for table in release.tables],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _record_set(release: Release, table: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table}/{column.name}",
                "name": f"{table}/{column.name}",
                "description": column.description,
                "dataType": _croissant_type(column.type),
                **({"repeated": True} if pa.types.is_list(column.type) else {}),
                **({"equivalentProperty": iri} if (iri := _iri(column)) else {}),
                "source": {
                    "fileSet": {"@id": f"{table}-files"},
                    "extract": {"column": column.name},
                },
            }
            for column in release.columns[table]
            # Croissant's fields are plain values; the structs are in datapackage.json.
            if not (pa.types.is_list(column.type) and pa.types.is_struct(column.type.value_type))
        ],
    }


def _croissant_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        kind = kind.value_type
    if pa.types.is_timestamp(kind):
        return "sc:DateTime"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"


def data_package(release: Release, sums: Mapping[str, str], out: Path) -> str:
    """A Data Package (Frictionless Standards 2.0) with one resource a table and one a CSV."""
    tables = [
        {
            "name": table,
            "path": [file.path for file in release.files if file.table == table],
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "schema": {"fields": [_frictionless_field(c) for c in release.columns[table]]},
        }
        for table in release.tables
    ]
    lists = [
        {
            "name": name,
            "path": f"{name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": (out / f"{name}.csv").stat().st_size,
            "schema": {"fields": [{"name": n, "type": t} for n, t in _CSV_FIELDS[name].items()]},
        }
        for name in ("coverage", "warcs")
    ]
    value = {
        "name": release.name,
        "title": release.title,
        "description": _summary(release),
        "version": release.version,
        "created": f"{release.latest:%Y-%m-%dT%H:%M:%SZ}",
        "licenses": [{"path": LICENCE, "title": "In copyright; see README.md"}],
        "sources": [
            {"title": part.title, **({"path": part.home} if part.home else {})}
            for part in release.outlets
        ],
        "resources": [*tables, *lists],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


_CSV_FIELDS = {
    "coverage": {
        "outlet": "string",
        "month": "yearmonth",
        **dict.fromkeys(
            (
                *("advertised", "held", "blocked", "disallowed", "gone", "failed"),
                "never_tried",
            ),
            "integer",
        ),
    },
    "warcs": {"warc_filename": "string", "bytes": "integer", "sha256": "string"},
}


def _frictionless_field(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": _frictionless_type(column),
        "description": column.description,
        **({"rdfType": iri} if (iri := _iri(column)) else {}),
        **({"constraints": {"required": True}} if column.required else {}),
    }


def _frictionless_type(column: Column) -> str:
    """As frictionless-py sees what it reads through pandas: a list is no array of its own, and an
    integer that may be missing is a number."""
    kind = column.type
    if pa.types.is_list(kind):
        return "any"
    if pa.types.is_timestamp(kind):
        return "datetime"
    if pa.types.is_integer(kind) and column.required:
        return "integer"
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return "number" if is_number else "string"


def citation(release: Release) -> str:
    """CITATION.cff 1.2. JSON strings are YAML, so what outlets are called needs no care."""
    return (
        "cff-version: 1.2.0\n"
        "message: Please cite this release, and the outlets whose articles you quote.\n"
        "type: dataset\n"
        f"title: {json.dumps(release.title, ensure_ascii=False)}\n"
        f"version: {json.dumps(release.version)}\n"
        f"date-released: {release.latest:%Y-%m-%d}\n"
        f"abstract: {json.dumps(_summary(release), ensure_ascii=False)}\n"
        "authors:\n"
        + "".join(
            f"  - name: {json.dumps(part.title, ensure_ascii=False)}\n" for part in release.outlets
        )
    )


def _summary(release: Release) -> str:
    return (
        f"{release.articles} articles of {len(release.outlets)} newsrooms, captured as WARC and "
        f"extracted by {release.software}; profile: {release.profile.value}."
    )


def _iri(column: Column) -> str | None:
    prefix, _, term = (column.rdf or "").partition(":")
    return f"{_VOCABULARIES[prefix]}{term}" if term else None


def _context() -> dict[str, Any]:
    """The context that Croissant 1.0 prescribes."""
    croissant = {
        name: f"cr:{name}"
        for name in (
            *("citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet"),
            *("format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField"),
            *("path", "recordSet", "references", "regex", "repeated", "replace", "separator"),
            *("source", "subField", "transform"),
        )
    }
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "equivalentProperty": "cr:equivalentProperty",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "samplingRate": "cr:samplingRate",
        **croissant,
    }
