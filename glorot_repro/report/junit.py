"""The regression check as a JUnit report, which continuous integration shows test by test."""

from collections.abc import Sequence
from xml.etree import ElementTree

from glorot_repro.runs.result import Result


def junit_xml(results: Sequence[Result]) -> bytes:
    """One test case for each comparison of each network; failures carry first value and cause."""
    failed = [result for result in results if not result.has_passed]
    suite = ElementTree.Element(
        "testsuite",
        name="glorot-repro check",
        tests=str(len(results)),
        failures=str(len(failed)),
        errors="0",
    )
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", classname=result.label, name=result.mode)
        if not result.has_passed:
            failure = ElementTree.SubElement(case, "failure", message=result.summary)
            if result.cause is not None:
                failure.text = f"likely cause: {result.cause}"
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True) + b"\n"
