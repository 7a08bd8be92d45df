"""A page type's imports become one file, each in its layer."""

import gzip
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from config.launch.layout import PROJECT
from core.staticfiles import ModuleManifestStorage, fold, squeeze

FILES = {
    "css/desk.css": "/* words */\n@layer a, b;\n"
    '@import url("tokens.css") layer(a);\n@import url("parts/x.css") layer(b);\n',
    "css/tokens.css": ":root { --x: 1px; }\n",
    "css/parts/x.css": ".a > .b,\n.c { margin: calc(1px + 2px) ; /* why */ color : red }\n"
    "@media (min-width: 2px) { .d :hover { x: y; } }\n",
}


def it_puts_each_import_into_its_layer() -> None:
    assert fold("css/desk.css", FILES.__getitem__) == (
        "@layer a,b;@layer a{:root{--x: 1px}}"
        "@layer b{.a>.b,.c{margin: calc(1px + 2px);color : red}@media (min-width: 2px){.d :hover{x: y}}}"
    )


def it_leaves_meaning_alone() -> None:
    assert squeeze("a :is(b) + c  {\n content: '';\n}") == "a :is(b) + c{content: ''}"


def it_keeps_the_desks_styles_small() -> None:
    text = fold("css/desk.css", lambda name: (PROJECT / "static" / name).read_text())
    assert "@import" not in text
    assert len(gzip.compress(text.encode())) < 12_000


def it_names_files_by_what_is_in_them(tmp_path: Path, settings: object) -> None:
    settings.STATIC_ROOT = str(tmp_path / "out")  # type: ignore[attr-defined]
    source = tmp_path / "in"
    scripts = {"js/a.js": 'import { b } from "./b.js";\nb();\n', "js/b.js": "export const b = () => 1;\n"}
    for name, text in (FILES | scripts).items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    storage = ModuleManifestStorage(location=tmp_path / "out", base_url="/static/")
    origin = FileSystemStorage(source)
    for name in FILES | scripts:
        storage.save(name, origin.open(name))
    list(storage.post_process({name: (origin, name) for name in FILES | scripts}))
    sheet = (tmp_path / "out" / storage.stored_name("css/desk.css")).read_text()
    script = (tmp_path / "out" / storage.stored_name("js/a.js")).read_text()
    assert "@layer b{.a>.b" in sheet
    assert storage.stored_name("js/b.js").removeprefix("js/") in script
