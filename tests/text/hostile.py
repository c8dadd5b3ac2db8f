"""Texts from outside that would be more than text where Markdown is read, and texts that look like it."""

HOSTILE = [
    "![](http://127.0.0.1:9/x.png)", "[Log in again](http://evil.example)", "http://evil.example/a",
    "see www.evil.example now", "a@b.example", "<http://evil.example>", "<img src=x onerror=alert(1)>",
    "<b>bold</b>", "<script>alert(1)</script>", "<!-- c -->", "<?x?>", "*a* _b_ **c** __d__ ~~e~~",
    "`f` ``g``", "a_b_c weight_ih_l0 _x_ (_y_) 1_000", "$x^2$ and $$y$$", "\\(x\\) \\[y\\] \\alpha",
    "# title", "## t", "- item", "+ item", "* item", "1. one", "2) two", "-", "---", "===", "> quote",
    "    code", "\tcode", "a\nb\n\n# c", "a\n---", "a\r\n> b", "a\u2028- b", "&lt; &amp; &#60; &copy;",
    ":material/home: :smile: :+1:", ":red[x] :red-background[x]", "::y :::z", "10:30:00 a:b",
    "-> <- --> -- >= <= ~=", "[x] [^1] [a][b]", "[a]: http://evil.example", "- [ ] task", "| a | b |",
    "a|b", "javascript:alert(1)", "mailto:a@b.example", "HTTPS://EVIL.example/_a_*b*", "{a} {{b}} %{c}",
    "x\u202eevil\u202c y", "\ud800 half", "a\x00b", "\\*", "\\", "`", "``` x", "[[a]](b)", "!", "_", "__",
    "*", "C:\\path\\file_name.pt", "-1.5", "3. x", "#tag", "a & b", "'q' \"r\" (s)", "门 “四” 。",
    "e\u0301\u0301", "  lead and trail  ", "",
]  # fmt: skip


def in_parts(texts: list[str], size: int) -> list[list[str]]:
    """Texts that are tried together, for a page of each alone would take long."""
    return [texts[at : at + size] for at in range(0, len(texts), size)]
