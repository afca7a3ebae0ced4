"""Small exports as the tools write them, and files that are none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from openpyxl import Workbook

SERVICENOW = """number,incident_state,active,reassignment_count,reopen_count,made_sla,opened_at,sys_updated_at,\
category,u_symptom,cmdb_ci,priority,assignment_group,assigned_to,problem_id,rfc,closed_code,\
resolved_at,closed_at
INC001,New,TRUE,0,0,TRUE,01-02-2016 01:16,01-02-2016 01:23,Network,Symptom 7,?,3 - Moderate,Group 5,?,?,?,?,?,?
INC001,Closed,FALSE,1,0,TRUE,01-02-2016 01:16,05-02-2016 12:00,Network,Symptom 7,?,3 - Moderate,Group 6,R 1,?,?,c 5,\
02-02-2016 11:29,05-02-2016 12:00
INC001,Resolved,TRUE,1,0,TRUE,01-02-2016 01:16,02-02-2016 11:29,Network,Symptom 7,?,3 - Moderate,Group 6,R 1,?,?,c 5,\
02-02-2016 11:29,?
INC002,Closed,FALSE,0,3,FALSE,04-02-2016 08:00,09-02-2016 09:00,Network,Symptom 7,?,1 - Critical,Group 6,R 2,?,?,?,\
06-02-2016 08:00,09-02-2016 09:00
INC003,Closed,FALSE,0,0,TRUE,29-02-2016 10:00,03-03-2016 09:00,Network,Symptom 7,?,3 - Moderate,Group 6,R 2,?,?,c 1,\
28-02-2016 10:00,03-03-2016 09:00
"""

JIRA = """Issue key,Issue Type,Summary,Status,Priority,Created,Updated,Resolved,Resolution,Assignee,Labels,Labels,\
Inward issue link (Problem/Incident),Custom field (Approval status)
ITSM-1,[System] Incident,"Mail down, all floors",Done,High,29/Feb/16 1:16 AM,01/Mar/16 2:00 PM,29/Feb/16 5:00 PM,\
Fixed,A,mail,urgent,ITSM-3,
ITSM-2,[System] Change,New mail server,Closed,Medium,01/Mar/16 9:00 AM,02/Mar/16 9:00 AM,,,B,,,,Declined
ITSM-3,[System] Problem,Mail server memory,Open,Medium,01/Mar/16 8:00 AM,01/Mar/16 8:00 AM,,,B,,,,
ITSM-4,Epic,Renew everything,Open,Medium,01/Mar/16 8:00 AM,01/Mar/16 8:00 AM,,,B,,,,
"""

GLPI = """ID;Title;Status;Last update;Opening date;Priority;Requester - Requester;Assigned to - Technician;\
Assigned to - Technician group;Category;Resolution date;Closing date
"1 024";"Écran noir";"Closed";"2026-03-05 10:00";"2026-03-01 09:00";"High";"R";"T";"Desk";"Screen";"2026-03-04 08:00";\
"2026-03-05 10:00"
"1 025";"Imprimante";"New";"2026-03-06 10:00";"2026-03-06 09:00";"Low";"R";"";"";"Print";"";""
"""

OWN = """Ticket no.|Logged|Done|Team
A-1|03/04/2026|05/04/2026|Desk
A-2|04/04/2026|06/04/2026|Net
"""
OWN_MAPPING = "number: Ticket no.\nopened_at: Logged\nclosed_at: Done\ngroup: Team\nkind: incident\n"


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, text: str = SERVICENOW, sign: str = ",", name: str = "export.xlsx") -> Path:
    """The rows of a text table as a workbook of texts."""
    book = Workbook()
    for line in text.splitlines():
        book.active.append(line.split(sign))  # type: ignore[union-attr]
    path = folder / name
    book.save(path)
    return path


def changed_archive(path: Path, **members: bytes) -> Path:
    """The workbook with members added or replaced; names are given with two underscores for a slash."""
    out = io.BytesIO()
    named = {name.replace("__", "/").replace("_DOT_", "."): content for name, content in members.items()}
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename not in named:
                new.writestr(member, old.read(member))
        for name, content in named.items():
            new.writestr(name, content)
    path.write_bytes(out.getvalue())
    return path
