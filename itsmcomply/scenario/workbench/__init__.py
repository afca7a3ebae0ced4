"""The auditor's workbench in scenario files: auditors, programmes, audits, findings and management reviews."""
