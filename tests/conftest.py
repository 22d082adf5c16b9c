"""What every test shares: on the build machine nothing may be skipped."""

import os
from collections.abc import Generator

import pytest

Report = pytest.CollectReport | pytest.TestReport


def _refuse_skip(report: Report) -> None:
    if os.environ.get("CI") == "true" and report.skipped:
        reason = getattr(report, "wasxfail", None) or report.longrepr
        report.outcome = "failed"
        report.longrepr = f"CI=true: a skipped test proves nothing, so it fails ({reason})"
        if hasattr(report, "wasxfail"):
            del report.wasxfail


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
