"""Every verb of the audit trail with its words: a name for filters, a sentence for people.

Rooms above write their verbs here too: the trail is read in one place. A sentence may hold {who}, {object}.
`shared` verbs are shown to the client whose brand they name, `internal` ones stay with the provider; in a
client's copy of its chain the latter stand by their digest alone.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Verb:
    """`name` for a list to choose from, `sentence` for a row; `shared`: fit for a client's eyes."""

    name: "str | Promise"
    sentence: "str | Promise"
    shared: bool


def shared(name: "str | Promise", sentence: "str | Promise") -> Verb:
    return Verb(name, sentence, True)


def internal(name: "str | Promise", sentence: "str | Promise") -> Verb:
    return Verb(name, sentence, False)


VERBS: dict[str, Verb] = {
    # who came in, and who did not
    "session.opened": shared(_("Sign-in"), _("{who} signed in")),
    "session.closed": shared(_("Sign-out"), _("{who} signed out")),
    "session.refused": internal(_("Sign-in refused"), _("A sign-in or session was refused: {object}")),
    "session.ended": internal(_("Session ended"), _("{who} ended a session of {object}")),
    "session.elsewhere": internal(_("Wrong network"), _("{who} came from {object}, which is not allowed")),
    "session.locked": internal(_("Sign-in locked"), _("Too many attempts to sign in as {object}")),
    "session.unlocked": internal(_("Sign-in unlocked"), _("{who} let {object} try again")),
    "socket.refused": internal(
        _("Live connection refused"), _("A live connection of {who} was refused: {object}")
    ),
    "entry.refused": shared(_("Entry refused"), _("{who} wanted in without a seat")),
    "handoff.refused": shared(_("Way in refused"), _("{who} was refused on the way to this client")),
    # what was looked at and taken along
    "conversation.read": shared(_("Conversation read"), _("{who} read the conversation {object}")),
    "conversation.reassigned": shared(
        _("Conversation given away"), _("{who} gave the conversation {object} to somebody else")
    ),
    "conversation.participant_removed": shared(
        _("Taken out of a conversation"), _("{who} took somebody out of the conversation {object}")
    ),
    "conversation.corrected": shared(
        _("Outcome corrected"), _("{who} corrected reason and outcome of the conversation {object}")
    ),
    "clientgroup.created": internal(_("Group of clients made"), _("{who} made {object}")),
    "clientgroup.changed": internal(_("Group of clients changed"), _("{who} changed {object}")),
    "clientgroup.deleted": internal(_("Group of clients deleted"), _("{who} deleted {object}")),
    "request.opened": shared(_("Client asked"), _("{who} asked the client something: {object}")),
    "request.reopened": shared(_("Client asked again"), _("{who} asked the client again: {object}")),
    "request.answered": shared(_("Request answered"), _("{who} answered {object}")),
    "request.cancelled": shared(_("Request called off"), _("{who} called {object} off")),
    "requests.due_changed": shared(
        _("Due time of requests changed"), _("{who} changed within how many hours requests are due")
    ),
    "change.asked": shared(_("Change asked for"), _("{who} asked for a change: {object}")),
    "change.withdrawn": shared(_("Change withdrawn"), _("{who} withdrew a change: {object}")),
    "change.accepted": shared(_("Change accepted"), _("{who} accepted a change: {object}")),
    "change.refused": shared(_("Change refused"), _("{who} refused a change: {object}")),
    "change.applied": shared(_("Change carried out"), _("A change was carried out: {object}")),
    "change.failed": shared(_("Change failed"), _("A change could not be carried out: {object}")),
    "visitor.warned": shared(_("Visitor warned"), _("{who} warned the visitor of the conversation {object}")),
    "visitor.blocked": shared(
        _("Visitor blocked"), _("{who} blocked the visitor of the conversation {object}")
    ),
    "visitor.unblocked": shared(
        _("Block lifted"), _("{who} lifted the block of the visitor of the conversation {object}")
    ),
    "audit.exported": shared(_("Audit trail exported"), _("{who} exported the audit trail: {object}")),
    # people and their seats
    "user.created": internal(_("Person added"), _("{who} added {object}")),
    "user.changed": internal(_("Person changed"), _("{who} changed {object}")),
    "user.closed": internal(_("Account closed"), _("{who} closed the account of {object}")),
    "user.reopened": internal(_("Account opened again"), _("{who} opened the account of {object} again")),
    "user.password_changed": internal(_("Password changed"), _("{who} chose a new password")),
    "factor.added": internal(_("Second step added"), _("{who} added a second step: {object}")),
    "factor.renamed": internal(_("Security key renamed"), _("{who} renamed a security key")),
    "factor.removed": internal(_("Second step removed"), _("{who} removed a second step: {object}")),
    "factor.renewed": internal(_("Recovery codes renewed"), _("{who} made new recovery codes")),
    "factor.reset": internal(_("Second step reset"), _("{who} reset the second step of {object}")),
    "policy.changed": shared(_("Sign-in rules changed"), _("{who} changed the sign-in rules: {object}")),
    "invitation.sent": shared(_("Invitation sent"), _("{who} sent the invitation {object}")),
    "invitation.resent": shared(_("Invitation sent again"), _("{who} sent the invitation {object} again")),
    "invitation.withdrawn": shared(_("Invitation withdrawn"), _("{who} withdrew the invitation {object}")),
    "invitation.accepted": shared(_("Invitation accepted"), _("{who} accepted the invitation {object}")),
    "membership.granted": shared(_("Seat given"), _("{who} gave a seat to {object}")),
    "membership.revoked": shared(_("Seat taken"), _("{who} took a seat from {object}")),
    "elevation.started": shared(
        _("Stronger seat taken"), _("{who} took a stronger seat for some hours: {object}")
    ),
    "elevation.ended": shared(_("Stronger seat ended"), _("The stronger seat of {object} was ended early")),
    "seeing.started": shared(_("Look as a client begun"), _("{who} began to see the portal as: {object}")),
    "seeing.looked": shared(_("Page seen as a client"), _("{who} saw the page {object} as the client does")),
    "seeing.ended": shared(_("Look as a client ended"), _("{who} ended the look as the client")),
    "access.exported": shared(_("Access list exported"), _("{who} exported who can see what")),
    "report.exported": shared(_("Report exported"), _("{who} exported figures of the report: {object}")),
    "report.issued": shared(_("Report issued"), _("{who} issued the report {object}")),
    "report.restated": shared(_("Report restated"), _("{who} restated a report: {object}")),
    "report.planned": shared(
        _("Mails planned"), _("{who} changed when reports are mailed, and to whom: {object}")
    ),
    "report.mailed": shared(_("Report mailed"), _("{who} mailed the report {object}")),
    "report.stopped": shared(_("Mails ended"), _("Somebody ended the mails with reports to them: {object}")),
    "report.linked": shared(_("Link made"), _("{who} made a link to the report {object}")),
    "report.unlinked": shared(_("Link ended"), _("{who} ended a link to the report {object}")),
    "key.created": shared(_("API key made"), _("{who} made the API key {object}")),
    "key.revoked": shared(_("API key revoked"), _("{who} revoked the API key {object}")),
    "key.refused": shared(_("API key refused"), _("The API key {object} was refused")),
    "agent.created": internal(_("Agent added"), _("{who} made an agent of {object}")),
    "agent.changed": internal(_("Agent changed"), _("{who} changed {object}")),
    "ledger.corrected": internal(_("Time corrected"), _("{who} corrected the time of {object}")),
    "ledger.rule_set": internal(
        _("Count of work side by side changed"), _("{who} said how work side by side is counted")
    ),
    "ledger.rule_removed": internal(
        _("Count of work side by side taken back"), _("{who} took back how work side by side is counted")
    ),
    "ledger.exported": internal(_("Hours exported"), _("{who} exported the hours worked: {object}")),
    "agent.certified": shared(_("Agent certified"), _("{who} certified {object}")),
    # who is asked for what
    "rule.created": shared(_("Routing rule made"), _("{who} made the routing rule {object}")),
    "rule.changed": shared(_("Routing rule changed"), _("{who} changed the routing rule {object}")),
    "rule.moved": shared(_("Routing rule moved"), _("{who} moved the routing rule {object}")),
    "rule.removed": shared(_("Routing rule removed"), _("{who} removed the routing rule {object}")),
    "rule.restored": shared(_("Routing rule put back"), _("{who} put the routing rule {object} back")),
    "pool.created": internal(_("Pool made"), _("{who} made the pool {object}")),
    "pool.changed": internal(_("Pool changed"), _("{who} changed the pool {object}")),
    "pool.retired": internal(_("Pool ended"), _("{who} ended the pool {object}")),
    "pool.joined": internal(_("Agent put into a pool"), _("{who} put an agent into {object}")),
    "pool.left": internal(_("Agent taken from a pool"), _("{who} took an agent out of {object}")),
    "pool.lent": internal(_("Agents lent to a pool"), _("{who} lent agents to {object}")),
    "pool.loan_ended": internal(_("Loan ended"), _("{who} sent an agent back from {object}")),
    "pool.serves": internal(_("Pool serves a queue"), _("{who} let {object} serve a queue, or changed how")),
    "pool.leaves": internal(_("Pool serves a queue no more"), _("{who} took a queue from {object}")),
    "agent.profile_changed": internal(
        _("Agent's work changed"), _("{who} changed what {object} is asked for")
    ),
    "agent.state_changed": internal(_("Agent's state changed"), _("{who} changed the state of {object}")),
    "item.priority_changed": internal(_("Priority changed"), _("{who} changed the priority of {object}")),
    "item.given_back": internal(
        _("Conversation given back"), _("{who} gave {object} back to the line, for somebody else")
    ),
    "item.taken_over": internal(_("Conversation taken over"), _("{who} took {object} over from an agent")),
    "ramp.created": internal(_("Ramp made"), _("{who} made the ramp {object}")),
    "ramp.changed": internal(_("Ramp changed"), _("{who} changed the ramp {object}")),
    "ramp.deleted": internal(_("Ramp removed"), _("{who} removed the ramp {object}")),
    "routing.purged": internal(_("Old work items removed"), _("Work items that ended long ago were removed")),
    "queue.terms_changed": internal(
        _("Contract of a queue changed"), _("{who} changed what missing the target costs in {object}")
    ),
    "queue.manner_changed": internal(
        _("Choice of agents changed"), _("{who} changed how {object} chooses agents")
    ),
    "queue.overflow_added": internal(_("Overflow added"), _("{who} let others help {object} out")),
    "queue.overflow_removed": internal(_("Overflow removed"), _("{who} lets others help {object} no more")),
    "routing.bars_changed": internal(
        _("Interruptions changed"), _("{who} changed what work is not interrupted")
    ),
    "routing.rest_changed": internal(
        _("Rules of rest changed"), _("{who} changed when agents rest: {object}")
    ),
    "agent.uncertified": shared(_("Certification ended"), _("{who} ended the certification of {object}")),
    "agent.renamed": shared(_("Alias changed"), _("{who} changed the alias of {object}")),
    "agent.welcomed": internal(_("Welcome sent"), _("{who} sent {object} the way to a password")),
    "agent.signed_out": internal(_("Agent signed out"), _("{who} signed {object} out")),
    "agent.work_returned": shared(_("Work given back"), _("The open work of {object} waits for others")),
    "departure.planned": internal(_("Leaving planned"), _("{who} planned that {object} leaves")),
    "departure.cancelled": internal(_("Leaving cancelled"), _("{who} let {object} stay")),
    "departure.begun": internal(_("Left"), _("{object} left")),
    "departure.handed_on": shared(_("Work handed on"), _("The open work of {object} waits for others")),
    "departure.reinstated": internal(_("Reinstated"), _("{who} took {object} back")),
    "site.created": internal(_("Site added"), _("{who} added the site {object}")),
    "site.changed": internal(_("Site changed"), _("{who} changed the site {object}")),
    "team.created": internal(_("Team added"), _("{who} added the team {object}")),
    "team.changed": internal(_("Team changed"), _("{who} changed the team {object}")),
    "reason.created": internal(_("Reason to be away made"), _("{who} made the reason to be away {object}")),
    "reason.changed": internal(
        _("Reason to be away changed"), _("{who} changed the reason to be away {object}")
    ),
    "reason.term_set": internal(_("Who pays changed"), _("{who} said whether this client pays for {object}")),
    "reason.term_removed": internal(
        _("Who pays taken back"), _("{who} took back whether this client pays for {object}")
    ),
    "skill.created": internal(_("Skill added"), _("{who} added the skill {object}")),
    "skill.changed": internal(_("Skill changed"), _("{who} changed the skill {object}")),
    "staff.imported": internal(_("People imported"), _("{who} imported the people of {object}")),
    "staff.changed": internal(_("People changed together"), _("{who} changed people together: {object}")),
    "staff.undone": internal(_("Change of people undone"), _("{who} undid the change {object}")),
    "staff.exported": internal(_("List of people exported"), _("{who} exported the list of people")),
    # a client and its settings
    "brand.created": shared(_("Client set up"), _("{who} set this client up")),
    "brand.changed": shared(_("Client changed"), _("{who} changed the client's settings")),
    "brand.dropped": internal(_("Client taken down"), _("{who} took the client down")),
    "fleet.migrated": internal(_("Schema migrated"), _("{who} brought the client's schema up to date")),
    "fleet.failed": internal(_("Schema not migrated"), _("{who} tried to bring the schema up to date")),
    "fleet.drifted": internal(_("Schema changed by hand"), _("The schema is not as its migrations left it")),
    "fleet.mended": internal(_("Schema well again"), _("The schema is as its migrations left it")),
    "brand.live": shared(_("Client opened"), _("{who} opened this client to the public")),
    "brand.soft": shared(_("Soft launch"), _("{who} opened this client to some of the public")),
    "brand.paused": shared(_("Client paused"), _("{who} closed this client's public entrances")),
    "onboarding.started": internal(_("Onboarding begun"), _("{who} began the onboarding {object}")),
    "onboarding.saved": internal(_("Onboarding saved"), _("{who} saved a step of the onboarding {object}")),
    "onboarding.built": internal(
        _("Workspace made"), _("{who} made the workspace of the onboarding {object}")
    ),
    "onboarding.undone": internal(_("Onboarding undone"), _("{who} took the onboarding {object} back")),
    "onboarding.reset": internal(_("Sandbox made anew"), _("{who} made the sandbox of {object} anew")),
    "onboarding.finished": internal(_("Onboarding finished"), _("{who} finished the onboarding {object}")),
    "sandbox.practised": internal(_("Practice customers"), _("{who} sent practice customers")),
    "sandbox.practice_stopped": internal(_("Practice stopped"), _("{who} stopped the practice")),
    "bulk.started": internal(_("Edit begun"), _("{who} began an edit over several clients: {object}")),
    "bulk.taken_back": internal(
        _("Edit taken back"), _("{who} had an edit over several clients taken back: {object}")
    ),
    "bulk.applied": shared(_("Blueprint applied"), _("{who} put parts of a blueprint over this client")),
    "bulk.undone": shared(_("Blueprint taken back"), _("{who} took parts of a blueprint back")),
    "domain.created": shared(_("Host name added"), _("{who} added the host name {object}")),
    "domain.changed": shared(_("Host name changed"), _("{who} changed the host name {object}")),
    "domain.deleted": shared(_("Host name removed"), _("{who} removed the host name {object}")),
    "endpoint.created": shared(_("Entrance opened"), _("{who} opened the entrance {object}")),
    "endpoint.changed": shared(_("Entrance changed"), _("{who} changed the entrance {object}")),
    "endpoint.deleted": shared(_("Entrance removed"), _("{who} removed the entrance {object}")),
    "queue.created": shared(_("Queue made"), _("{who} made the queue {object}")),
    "queue.changed": shared(_("Queue changed"), _("{who} changed the queue {object}")),
    "calendar.created": shared(_("Hours made"), _("{who} made the hours {object}")),
    "calendar.changed": shared(_("Hours changed"), _("{who} changed the hours {object}")),
    "calendar.deleted": shared(_("Hours removed"), _("{who} removed the hours {object}")),
    "closure.created": shared(_("Closed"), _("{who} closed {object}")),
    "closure.planned": shared(_("Early closing"), _("{who} lets {object} close early")),
    "closure.ended": shared(_("Reopened"), _("{who} reopened {object}")),
    "exclusion.proposed": shared(
        _("Exclusion proposed"), _("{who} proposed to leave a time out of the report: {object}")
    ),
    "exclusion.answered": shared(
        _("Exclusion answered"), _("{who} answered what is left out of the report: {object}")
    ),
    "exclusion.reversed": shared(
        _("Answer reversed"), _("{who} reversed the answer to what is left out of the report: {object}")
    ),
    "exclusion.withdrawn": shared(
        _("Exclusion withdrawn"), _("{who} withdrew what was proposed to be left out: {object}")
    ),
    "forecast.agreed": shared(
        _("Forecast terms agreed"), _("{who} wrote down what is agreed about the forecast: {object}")
    ),
    "forecast.uploaded": shared(_("Forecast uploaded"), _("{who} uploaded a forecast: {object}")),
    "forecast.used": shared(_("Forecast in use"), _("{who} put a forecast in use: {object}")),
    "forecast.discarded": shared(_("Forecast discarded"), _("{who} discarded a forecast: {object}")),
    "incident.written": shared(_("Incident written"), _("{who} wrote on the report what happened: {object}")),
    "incident.ended": shared(_("Incident over"), _("{who} said when it was over: {object}")),
    "incident.withdrawn": shared(_("Incident taken back"), _("{who} took it off the report: {object}")),
    "clause.added": shared(_("Target added"), _("{who} added the service target {object}")),
    "clause.changed": shared(_("Target changed"), _("{who} changed the service target {object}")),
    "clause.ended": shared(_("Target's end changed"), _("{who} said until when it holds: {object}")),
    "clause.withdrawn": shared(
        _("Target taken back"), _("{who} took the service target back before it held: {object}")
    ),
    "clocks.changed": shared(_("Clocks changed"), _("{who} changed how long each clock may take: {object}")),
    "inbox.created": shared(_("Inbox made"), _("{who} made the inbox {object}")),
    "inbox.changed": shared(_("Inbox changed"), _("{who} changed the inbox {object}")),
    "disposition.created": shared(
        _("Reason or outcome made"), _("{who} made the reason or outcome {object}")
    ),
    "disposition.changed": shared(
        _("Reason or outcome changed"), _("{who} changed the reason or outcome {object}")
    ),
    "mail.identity_changed": shared(_("Mail identity changed"), _("{who} changed whom mails are from")),
    "mail.tested": internal(_("Test mail sent"), _("{who} sent a test mail")),
    "mail.resent": internal(_("Mail sent again"), _("{who} sent the mail {object} again")),
    # our own machinery
    "scope.system": internal(_("Machinery entered"), _("Our machinery was let in")),
    "scope.refused": internal(_("Machinery refused"), _("{who} was refused at the door of a client")),
    "history.planted": internal(_("Demo history planted"), _("{who} planted the demo history of {object}")),
    "audit.anchored": internal(_("Chain anchored"), _("The newest seal of {object} was anchored here")),
}


def verb_of(code: str) -> Verb:
    """Return the verb's words; one that no list has any more speaks for itself, to the provider only."""
    return VERBS.get(code) or internal(code, "{who}: " + code.replace("{", "").replace("}", "") + " {object}")


def shared_codes() -> list[str]:
    """Return the verbs that a client may read, sorted."""
    return sorted(code for code, verb in VERBS.items() if verb.shared)
