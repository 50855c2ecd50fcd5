"""Nothing is unclassified: sentences belong to something, clauses come from them and are tested."""

import collections
import subprocess
import sys

import pytest

import traceability as trace
from cells import REASONS
from clauses import KINDS, UNTESTED

SERVICE = "msvm-securityservice"
METHODS = ("getkeyprotector", "setkeyprotector", "restorelastknowngoodkeyprotector",
           "setsecuritypolicy", "modifysecuritysettings")


@pytest.fixture(scope="module", name="sentences")
def fixture_sentences(lastgood):
    trace.LASTGOOD = lastgood
    return trace.sentences()


@pytest.fixture(scope="module", name="of_page")
def fixture_of_page(sentences):
    found = collections.defaultdict(list)
    for sentence in sentences:
        found[sentence["page"]].append(sentence)
    return found


def test_every_sentence_has_a_kind_and_a_target_or_a_reason(sentences):
    known = trace.known_targets()
    for one in sentences:
        assert one["kind"] in KINDS, one["id"]
        assert one["text"].endswith("."), one["id"]
        assert bool(one["targets"]) != bool(one["reason"]), f"{one['id']}: a target, or a reason"
        assert set(one["targets"]) <= known, f"{one['id']}: {set(one['targets']) - known}"
        assert len(set(one["targets"])) == len(one["targets"]), f"{one['id']}: a target twice"
        assert one["targets"] or len(one["reason"]) >= 6, f"{one['id']}: a reason in words"


def test_ids_of_sentences_are_distinct(sentences):
    counted = collections.Counter(one["id"] for one in sentences)
    assert [one for one, times in counted.items() if times > 1] == []


def test_every_page_has_as_many_sentences_as_it_says(of_page):
    pages = trace.listed("pages")
    assert [page["id"] for page in pages] == list(of_page)
    for page in pages:
        own = [one for one in of_page[page["id"]] if one["section"] != trace.LEFT_OPEN]
        assert len(own) == page["sentences"], page["id"]
        assert page["text"] in ("WORDS", "FACTS"), page["id"]


def test_only_what_is_left_open_stands_under_left_open(sentences):
    for one in sentences:
        assert one["section"] != trace.LEFT_OPEN or one["kind"] == "silent", one["id"]


def test_a_contradicted_sentence_names_its_row_of_the_register(sentences):
    for one in sentences:
        if one["kind"] == "contradicted" and one["targets"]:
            named = [target for target in one["targets"] if target.startswith("C-")]
            assert named, one["id"]


def test_every_clause_has_a_sentence_on_its_page(of_page):
    for clause in trace.clauses():
        own = [one for one in of_page[clause.page] if clause.id in one["targets"]]
        assert own, f"{clause.id}: no sentence of {clause.page} belongs to it"
        places = {one["section"] for one in own}
        assert clause.kind == "silent" or clause.section in places, f"{clause.id}: {places}"


def test_a_silent_clause_has_a_silent_sentence(of_page):
    for clause in trace.clauses():
        if clause.kind == "silent":
            kinds = {one["kind"] for one in of_page[clause.page] if clause.id in one["targets"]}
            assert "silent" in kinds, clause.id


def test_every_row_of_the_registers_and_every_site_has_a_sentence(sentences):
    targets = {target for one in sentences for target in one["targets"]}
    contradictions = {row.id for row in trace.contradictions()}
    open_ends = trace.registered() - {"8.50"}  # 8.50 is about profiles, not about a page
    said = targets | {word.strip(".,:;") for one in sentences
                      for word in f"{one['text']} {one['reason']}".split()}
    assert contradictions - said == set()
    assert open_ends - said == set()
    assert set(trace.sites()) - said == set()


def test_what_must_hold_is_tested(sentences):
    """By a vector that cites it, by a choice site, on the wire, or by the oracle at every read."""
    judged = {row["id"] for row in trace.listed("properties") if row["text"] != "free"}
    cited, sites = trace.vectors_citing(), trace.sites()
    for one in sentences:
        if one["kind"] == "must" and one["targets"]:
            assert any(cited[target] or target in sites or target in judged or "/" in target
                       for target in one["targets"]), one["id"]


def test_every_clause_is_tested_or_says_why_not():
    cited, code = trace.vectors_citing(), trace.places_in_code()
    for clause in trace.clauses():
        if clause.id in UNTESTED:
            assert not cited[clause.id], f"{clause.id} is tested: take it from UNTESTED"
            assert len(UNTESTED[clause.id]) > 20, clause.id
        elif clause.kind in ("must", "contradicted"):
            assert cited[clause.id], f"{clause.id}: cite it in a vector, or say why not"
        else:
            used = {row.clause for row in trace.alternatives()} | {row[1] for row in trace.causes()}
            assert cited[clause.id] or clause.id in used or clause.id in code, clause.id


def test_every_row_of_a_return_table_is_cited_or_says_why_not():
    cited = trace.vectors_citing()
    reasons = {f"{method}={low}" for method, low in REASONS}
    for identifier in trace.returns():
        assert bool(cited[identifier]) != (identifier in reasons), identifier


def test_every_row_of_a_return_table_is_a_sentence_of_its_page(of_page):
    pages = dict(trace.page_of_methods().values())
    for identifier in trace.returns():
        method = identifier.split("=")[0]
        own = [one for one in of_page[pages[method]] if one["targets"] == [identifier]]
        assert len(own) == 1 and own[0]["section"] == "Return value", identifier


def test_every_property_is_on_the_page_of_its_class(of_page, sentences):
    page_of = {full.removesuffix(".Get"): page
               for full, page in trace.page_of_methods().values() if full.endswith(".Get")}
    cited = {target for one in sentences for target in one["targets"]}
    for identifier in trace.properties():
        if identifier.startswith("Vm."):  # what only an instrumented target shows
            continue
        name, _, member = identifier.partition(".")
        sections = {one["section"] for one in of_page[page_of.get(name, "")]}
        assert member in sections or identifier in cited, identifier


def test_every_method_of_the_service_is_in_the_table_of_its_page(of_page):
    table = {target for one in of_page[f"{SERVICE}.md"] if one["section"] == "Methods"
             for target in one["targets"] if target.startswith("Msvm_SecurityService.")}
    reads = {"Msvm_SecurityService.Get", "Msvm_SecurityService.RequestStateChange"}
    own = {one for one in trace.methods() if one.startswith("Msvm_SecurityService.")}
    assert table == own - reads


@pytest.mark.parametrize("method", METHODS)
def test_a_page_of_a_method_has_its_parts(of_page, method):
    """As many rows of each section as such a page has; those of the table as many as the model."""
    page = f"{SERVICE}-{method}.md"
    counted = collections.Counter(one["section"] for one in of_page[page])
    identifiers = {of: full for full, of in trace.page_of_methods().values()}
    returned = [one for one in trace.returns() if one.startswith(identifiers[page] + "=")]
    parameters = counted["Syntax"] - 1
    assert counted["Front matter"] == 6
    assert counted["Description"] == 1
    assert counted["Requirements"] == 5
    assert counted["See also"] == 1
    has_job = method != "getkeyprotector"  # Job has two sentences; so has the other's return value
    assert counted["Return value"] - len(returned) == (1 if has_job else 2)
    assert counted["Parameters"] == parameters + (1 if has_job else 0)


def test_evidence_is_for_what_is_there():
    rows = trace.contradictions()
    wanted = {row.site for row in rows if row.site != "none"}
    plain = {row.id for row in rows if row.site == "none" and
             row.taken not in ("ignore", "no effect on the model")}
    assert set(trace.evidence()) == wanted | plain


def test_explain_shows_sentences(lastgood):
    def said(identifier):
        return subprocess.run([lastgood, "explain", identifier], capture_output=True, text=True,
                              check=True).stdout

    assert "LastKnownGoodKeyProtector 4 (defines): " in said("lkg_definition")
    assert f"{SERVICE}-setkeyprotector.md, Return value 11 (defines): 32775: " in \
        said("SetKeyProtector=32775")
    assert "would be settled by: SetSecurityPolicy for a VM" in said("C-01")
    assert "belongs to Msvm_SecurityService.SetSecurityPolicy" in said(f"{SERVICE}.md:Methods.5")
    assert said("msvm-tpm.md").count("\n") == 1 + 17
    assert f"page: {SERVICE}-getkeyprotector.md" in said("Msvm_SecurityService.GetKeyProtector")


def test_reports_can_be_made():
    """Whether those that are committed are current is a long test of its own (CTest clauses)."""
    done = subprocess.run([sys.executable, str(trace.HERE / "clauses.py"), "--dry-run"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "unclassified: 0." in done.stdout
