import pytest

from congress_portal.core.importing.names import split_names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("张三、李四，王五；赵六,孙七;周八", ["张三", "李四", "王五", "赵六", "孙七", "周八"]),
        ("张三 李四\u3000王五", ["张三", "李四", "王五"]),
        ("赖　强", ["赖强"]),
        ("张三 赖 强 李四", ["张三", "赖强", "李四"]),
        ("赖 强 周 天", ["赖强", "周天"]),
        ("周  天、赖　强", ["周天", "赖强"]),
        ("张三、张三", ["张三"]),
        ("、张三、", ["张三"]),
        ("", []),
        (" \u3000", []),
        ("阿依古丽·买买提、张三", ["阿依古丽·买买提", "张三"]),
        ("上官杰 欧阳明月", ["上官杰", "欧阳明月"]),
    ],
)
def test_split_names_follows_the_office(cell, names):
    assert split_names(cell) == names
