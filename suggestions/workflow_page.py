"""The workflow as a page for people, from the tables alone (docs/workflow.md)."""

from collections.abc import Iterable, Mapping
from typing import Any

from suggestions.enums import HandlingState, Party, State
from suggestions.workflow import HANDLING_TABLE, SUGGESTION_TABLE, Transition

_HEAD = """# 建议办理流程

本页由 `manage.py workflow_page` 根据 `suggestions/workflow.py` 的两张流转表生成，请勿手改。
页面上的按钮、提交时的检查和测试都取自同一张表；表里没有的操作一律拒绝。
"""


def render_page() -> str:
    parts = [
        _HEAD,
        "## 一件建议\n",
        _states(State),
        _table(SUGGESTION_TABLE),
        _diagram(SUGGESTION_TABLE),
        "## 一家单位的办理\n",
        _states(HandlingState),
        _table(HANDLING_TABLE),
        _diagram(HANDLING_TABLE),
    ]
    return "\n".join(parts)


def _states(states: Iterable[Any]) -> str:
    return "状态：" + "、".join(f"{state.label}（`{state.value}`）" for state in states) + "。\n"


def _states_of(row: Transition[Any]) -> list[Any]:
    """All states of the table the row belongs to."""
    kind: Any = type(next(iter(row.sources)))
    return list(kind)


def _table(table: Mapping[Any, Transition[Any]]) -> str:
    lines = [
        "| 操作 | 从 | 到 | 由谁 | 要写理由 | 下一步 |",
        "|---|---|---|---|---|---|",
    ]
    for action, row in table.items():
        order = _states_of(row)
        sources = "、".join(state.label for state in order if state in row.sources)
        target = row.to.label if row.to else "不变"
        who = "、".join(party.label for party in Party if party in row.who)
        why = "是" if row.needs_comment else ""
        lines.append(
            f"| {row.label}（`{action.value}`） | {sources} | {target} | {who} | {why} "
            f"| {row.next_step} |"
        )
    return "\n".join(lines) + "\n"


def _diagram(table: Mapping[Any, Transition[Any]]) -> str:
    """Only the moves between states, as a Mermaid diagram."""
    lines = ["```mermaid", "stateDiagram-v2"]
    named = {state: None for row in table.values() for state in _states_of(row)}
    lines += [f'    state "{state.label}" as {state.value}' for state in named]
    for row in table.values():
        if row.to is not None:
            order = [state for state in named if state in row.sources]
            lines += [f"    {state.value} --> {row.to.value} : {row.label}" for state in order]
    return "\n".join([*lines, "```", ""])
