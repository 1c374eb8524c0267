from congress_portal.desk.manual import Chapter, chapters


def test_chapters_come_in_order_with_their_titles():
    found = chapters()

    assert [each.slug for each in found] == sorted(each.slug for each in found)
    assert found[0].title == "登录、密码和长辈版"


def test_text_is_escaped_and_marked_up():
    text = "\n## 标题\n\n一段**重点**。\n接着 `zw`<script>\n\n- 甲\n- 乙\n  续\n\n1. 先\n2. 后\n"

    assert Chapter("01-x", "题", text).html.split("\n") == [
        "<h2>标题</h2>",
        "<p>一段<strong>重点</strong>。接着 <code>zw</code>&lt;script&gt;</p>",
        "<ul><li>甲</li><li>乙续</li></ul>",
        "<ol><li>先</li><li>后</li></ol>",
    ]
