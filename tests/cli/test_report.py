"""The report, as text and in a real browser."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
from pathlib import Path

import msgspec
import pytest

from gigaworks.cli.record.ledger import Verdict
from gigaworks.cli.record.report import build
from gigaworks.cli.views.html import render
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from gigaworks.inventory.problem import Problem
from tests.cli import browser, sample
from tests.cli.sample_told import entries, status

HOSTILE = "<script>alert(1)</script>"


def page_of(blueprint: Blueprint, *findings: Problem, reason: str = HOSTILE) -> str:
    """Return the report of a site with a node in service and one that failed for a reason."""
    nodes = [status().nodes[0], msgspec.structs.replace(status().nodes[1], reason=reason)]
    site = msgspec.structs.replace(status(), nodes=nodes)
    return render(build(blueprint, site, list(findings), entries(), Verdict(entries=3, head="f" * 64)))


def test_the_report_needs_nothing_from_outside_and_escapes_everything() -> None:
    """One file: no link to a network, one script of ours, hostile names stay text, every part is there."""
    waived = Problem("has no dew point", id="COOL-6", waived="Ada until 2027-01-31: measured in spring")
    page = page_of(sample.blueprint(), Problem(HOSTILE, "y", id="PWR-2"), waived)
    assert page.count("<script") == 2  # the table and what draws from it
    assert "&lt;script&gt;" in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert "https://" not in page
    for part in ("site", "findings", "look", "power", "cooling", "fabric", "ledger"):
        assert f'<section id="{part}"' in page
    for essential in ("PWR-2", "measured in spring", "hall-h1", "in service 1", "failed 1", "h1/busway-a", "f" * 64):
        assert essential in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_the_table_holds_every_rack_node_and_switch() -> None:
    """What is drilled down into is in the file, whole, compressed; made twice it is the same."""
    blueprint = sample.blueprint()
    page = page_of(blueprint)
    data = re.search(r'<script type="application/gzip;base64" id="data">([^<]*)</script>', page)
    assert data
    tables = json.loads(gzip.decompress(base64.b64decode(data[1])))
    assert tables["racks"].keys() == blueprint.racks.keys()
    assert tables["nodes"].keys() == blueprint.nodes.keys()
    assert tables["switches"].keys() == blueprint.switches.keys()
    assert page == page_of(blueprint)


def test_a_page_of_a_large_site_stays_small() -> None:
    """256 nodes take less than 1 KiB each, and no more elements than a site of four by more than its halls."""
    large = declare(Path(__file__).parent / "sites" / "large", write=False).blueprint
    page = page_of(large)
    assert len(page) < 256 * 1024
    assert page.count("<") < 2 * page_of(sample.blueprint()).count("<")


@pytest.mark.browser
@pytest.mark.skipif(browser.PROGRAM is None, reason="chromium is not installed (apt-get install chromium)")
def test_the_report_opens_in_a_browser_and_is_walked_by_keyboard(tmp_path: Path) -> None:
    """No complaint, no request beyond the file, few elements; from hall to node and back with keys alone."""
    large = declare(Path(__file__).parent / "sites" / "large", write=False).blueprint
    file = tmp_path / "report.html"
    file.write_text(page_of(large), encoding="utf-8")
    asyncio.run(_walk(file, tmp_path / "profile"))


async def _walk(file: Path, profile: Path) -> None:
    async with browser.opened(file, profile) as page:
        await page.until("document.documentElement?.hasAttribute('data-ready')")
        assert await page.value("document.querySelectorAll('*').length") < 1500
        for step, heading in (
            ("#view a[href='#hall/h1']", "Hall h1"),
            (".floor-row > a", "Row r1"),
            ("td a[href^='#rack/']", "Rack h1-1-01"),
            ("a.slot[href^='#node/']", "Node h1-1-01-n2"),
        ):
            await page.value(f'document.querySelector("{step}").focus()')
            await page.press("Enter", "\r")
            await page.until(f"document.querySelector('#view h3')?.textContent === '{heading}'")
            assert await page.value("document.activeElement.textContent") == heading
            assert await page.value("document.querySelectorAll('*').length") < 3000
        for heading in ("Rack h1-1-01", "Row r1", "Hall h1", "Halls"):
            await page.press("Escape")
            await page.until(f"document.querySelector('#view h3')?.textContent === '{heading}'")
        await page.value("document.getElementById('find').focus()")
        for letter in "spine-2-3":
            await page.press(letter, letter)
        await page.until("document.querySelectorAll('#found a').length === 1")
        await page.press("Enter", "\r")
        await page.until("document.querySelector('#view h3')?.textContent === 'Switch spine-2-3'")
        await page.value("location.hash = '#node/no-such-node'")
        await page.until(
            "document.querySelector('#view [role=alert]')?.textContent === 'There is no node no-such-node.'"
        )
        assert page.troubles == []
        assert [url for url in page.requests if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
