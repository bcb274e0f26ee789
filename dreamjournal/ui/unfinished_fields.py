"""Finds what somebody has typed into a dialog and not yet kept."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QDialog, QFileDialog, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from dreamjournal.services.unfinished import Unfinished
from dreamjournal.ui.dreams.keeper import Keeper


def in_dialog(dialog: QDialog, person_id: int) -> tuple[Unfinished, ...]:
    """The fields of an open dialog that were typed into, in the order of its parts.

    Hidden lines (passphrases) and what a dialog drafts by itself are left out, as is a file dialog's own.
    """
    if isinstance(dialog, QFileDialog):
        return ()
    drafts_itself = any(not keeper.dirty for keeper in dialog.findChildren(Keeper))
    found: list[Unfinished] = []
    for field in dialog.findChildren(QWidget):
        text = "" if drafts_itself and isinstance(field, QTextEdit) else typed_into(field)
        if text.strip():
            label = field.accessibleName() or dialog.accessibleName()
            found.append(Unfinished(dialog.accessibleName(), label, text, person_id))
    return tuple(found)


def typed_into(field: QWidget) -> str:
    """The text of a field a person changed since it was filled; empty for any other widget."""
    if isinstance(field, QLineEdit):
        secret = field.echoMode() != QLineEdit.EchoMode.Normal or field.property("secret")
        if secret or field.isReadOnly() or isinstance(field.parentWidget(), QAbstractSpinBox):
            return ""
        return field.text() if field.isModified() else ""
    if isinstance(field, QTextEdit | QPlainTextEdit) and not field.isReadOnly():
        return field.toPlainText() if field.document().isModified() else ""
    return ""
