"""The Chinese catalogue keeps to its glossary: one word for one thing, and Chinese typography."""

import re

import pytest

from gates.course import checks, reader
from gates.lectures import reader as lectures
from gates.text import LANGUAGES, catalogue

GLOSSARY = {
    # what was given up: what is said instead
    r"细胞状态(?!、)|内部状态(?!；)|记忆元(?!、|，)": "单元状态 (its other names are told once)",
    r"(?<!候选)隐状态": "隐藏状态",
    r"遗忘偏置": "遗忘门偏置",
    r"更新偏置": "更新门偏置",
    r"压缩函数": "激活函数",
    r"锁存(?!器|，小的)": "锁存器",
    r"置位与清零|置位/清零": "置位与复位",
    r"询问|提问": "查询",
    r"第一位(?!数)|存住一位|守住一位|读入一位|这一位": "比特",
    r"重复已存内容的符号|相反的符号|h 的符号|符号正确(?<!正负号正确)|符号（\+1": "正负号",
    r"梯度长度|的长度（对数轴）|长度为 1 的随机方向": "范数",
    r"没有上限|没有界限": "无界",
    r"开括号|闭括号": "左括号, 右括号",
    r"配对": "匹配",
    r"乘积之前重置|乘积之后重置": "先重置后相乘, 先相乘后重置",
    r"(?<!力)热图": "热力图",
    r"方程": "公式",
    r"记号": "记法",
    r"色带": "色条",
    r"总谱": "“整个序列”图",
    r"步骤表": "每一步的数值表",
    r"分数": "得分",
    r"批次": "批量",
    r"配方": "训练设置",
    r"正确率": "准确率",
    r"松开一些": "解除",
    r"露出": "输出",
    r"第一轴": "第一维",
    r"从零写起": "从零实现",
    r"次序": "顺序",
    r"对“坏”|“好”“坏”": "差",
    r"步长的信号": "长度为 … 步的信号",
    r"两种回路|按回路分": "路径",
    r"去程|回程": "前向传播时, 反向传播时",
    r"很负|很正": "取绝对值很大的负值, 正值",
    r"下定决心|果断|已决定": "开关分明",
    r"没有记忆时为|不靠记忆是|没有记忆 \{": "无记忆基线",
    r"开场是|打开即是": "打开就是",
    r"不再起作用": "不予采用",
    r"用来衡量|用 \{stabiliser\} 衡量": "以 … 为基准缩放",
    r"重置门之内|重置门里面": "受重置门控制; 在 r⊙(…) 的括号之内",
    r"单元格": "单元",
    r"(?<!隐藏)单元数|每个单元|所有单元|哪个单元": "隐藏单元 (单元 is a cell; 单元 1 a unit)",
    r"从左边相乘": "输入在左、权重在右",
    r"两个核": "kernel（权重矩阵）",
    r"U 的对角线下方|U 对角线下方": "紧挨主对角线下方",
    r"留存\*\*": "保留",
    r"要求 \{asked\}|要求与回答": "正确答案",
    r"份量变成": "调整后的 … 系数",
    r"百万个字符": "个字符",
    r"递归(?!神经网络”)": "循环",
    r"预报": "预测",
    r"往前一步|往前许多步": "预测一步, 预测许多步 (往前 is backwards in a sequence)",
    r"正弦(?!波)": "正弦波",
    r"(?<!网络的)(?<!读出层\|)输出层": "读出层",
}


def everything(language: str) -> dict[str, str]:
    """The catalogue, and the sentences of all lessons and of the lectures that are ready."""
    lessons = {name: checks.flat(lectures.words(name, language), f"{name}: ") for name in lectures.names()}
    lessons |= {name: checks.flat(reader.words(name, language), f"{name}: ") for name in reader.names()}
    return dict(catalogue(language)) | {key: text for said in lessons.values() for key, text in said.items()}


@pytest.mark.parametrize("given_up", GLOSSARY)
def test_a_word_that_was_given_up_occurs_nowhere(given_up: str) -> None:
    found = {key: text for key, text in everything("zh").items() if re.search(given_up, text)}
    assert not found, f"say {GLOSSARY[given_up]}"


TYPOGRAPHY = {
    "italics, which Chinese has none of": r"(?<!\*)\*[^*\n]*[\u3400-\u9fff][^*]*\*(?!\*)",
    "a half-width comma in full-width brackets": r"（[^（）]*[\u3400-\u9fff]\s*,[^（）]*）",
    "a half-width mark beside a Chinese character": r"[\u3400-\u9fff][,;:?!]|[,;:?!][\u3400-\u9fff]",
    "a space beside a full-width mark": r"[\u3400-\u9fff] +[“”…，：；]|[“”…，。：；] +[\u3400-\u9fff]",
}
SPACED = {"task.sentiment.probe", "task.sentiment.vocabulary", "preset.not_good.sentence"}
"""Words that a space separates because a program reads them so."""


@pytest.mark.parametrize("fault", TYPOGRAPHY)
def test_chinese_is_set_as_chinese(fault: str) -> None:
    texts = {key: text for key, text in everything("zh").items() if key not in SPACED}
    assert not {key: text for key, text in texts.items() if re.search(TYPOGRAPHY[fault], text)}


def unmarked(text: str) -> list[str]:
    """The bold parts of a text that CommonMark leaves as asterisks: a mark inside, a letter right outside."""
    parts = text.split("**")
    found = []
    for before, bold, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        opens = not (before[-1:].isalnum() and not bold[:1].isalnum())
        closes = not (after[:1].isalnum() and not bold[-1:].isalnum())
        if not (opens and closes) or bold != bold.strip():
            found.append(bold)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_bold_is_shown_bold(language: str) -> None:
    assert unmarked("为什么：**有什么关系？**这就") == ["有什么关系？"] and not unmarked(
        "**有**？这，**就**是"
    )
    texts = catalogue(language)
    assert not {key: found for key, text in texts.items() if (found := unmarked(text))}


def test_other_names_are_told_once_where_a_learner_looks_for_them() -> None:
    zh = catalogue("zh")
    for name, key in {
        "记忆元、细胞状态、内部状态": "convention.notation.pytorch",
        "递归神经网络": "convention.notation.pytorch",
        "候选记忆元": "convention.notation.row",
        "候选隐状态": "convention.notation.row",
        "通过时间反向传播": "page.gradients.lead",
        "随时间反向传播（BPTT": "page.gradients.lead",
        "梯度截断": "gradients.clip.about",
        "打开是保留，关闭才是遗忘": "page.lstm.lead",
        "推子": "page.gru.lead",
    }.items():
        assert name in zh[key], name


@pytest.mark.parametrize("key", ["compare.equations.about.keep", "gradients.paths.about", "page.lstm.lead"])
def test_what_is_stressed_in_english_is_stressed_in_chinese(key: str) -> None:
    assert "*" in catalogue("en")[key] and "**" in catalogue("zh")[key]
