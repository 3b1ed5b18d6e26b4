"""Names as people write them: folded for matching, read in pinyin with every reading of a surname.

A name is kept as it was typed. What is compared is a set of keys, each with a letter for its kind:
`n` the name itself, in simplified script; `p` its pinyin; `i` its initials; `b` a name that is
nothing but initials; `w` a part by which a search finds it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice, product

import opencc
from pypinyin import Style, pinyin

SURNAME_READINGS: dict[str, tuple[str, ...]] = {
    sign: tuple(readings.split())
    for sign, readings in (
        line.split(":")
        for line in (
            "单:shan", "曾:zeng", "仇:qiu", "解:xie", "查:zha", "区:ou", "朴:piao", "葛:ge",
            "盖:ge gai", "任:ren", "华:hua", "尉:wei yu", "黑:he", "翟:zhai di", "覃:qin tan",
            "乐:yue le", "员:yun yuan", "秘:bi", "折:she", "召:shao", "种:chong", "祭:zhai",
            "繁:po", "冼:xian", "洗:xian", "缪:miao", "贲:ben", "句:gou", "那:na nuo", "长:zhang",
            "重:chong", "盛:sheng", "车:che", "石:shi", "宁:ning", "谌:chen shen", "佴:nai",
            "逄:pang", "乜:nie", "幺:yao", "眭:sui", "郇:xun huan", "隗:wei kui", "晟:cheng",
            "哈:ha", "阚:kan", "撒:sa", "教:jiao", "能:nai", "褚:chu zhu", "柏:bai bo",
            "薄:bo", "牟:mou mu", "宓:mi fu", "妫:gui", "庹:tuo", "亓:qi", "叶:ye", "沈:shen",
            "万俟:moqi", "尉迟:yuchi", "长孙:zhangsun", "单于:chanyu", "欧阳:ouyang",
            "司马:sima", "上官:shangguan", "诸葛:zhuge", "令狐:linghu", "夏侯:xiahou",
            "皇甫:huangfu", "慕容:murong", "宇文:yuwen", "司徒:situ", "公孙:gongsun",
            "东方:dongfang", "独孤:dugu", "南宫:nangong", "钟离:zhongli", "澹台:tantai",
            "淳于:chunyu", "太史:taishi", "申屠:shentu", "轩辕:xuanyuan", "百里:baili",
            "呼延:huyan", "端木:duanmu", "赫连:helian", "拓跋:tuoba", "完颜:wanyan",
            "纳兰:nalan", "司空:sikong", "公冶:gongye", "宗政:zongzheng", "濮阳:puyang",
            "太叔:taishu", "鲜于:xianyu", "闾丘:lvqiu", "仲孙:zhongsun", "亓官:qiguan",
            "宰父:zaifu", "谷梁:guliang", "左丘:zuoqiu", "东郭:dongguo", "西门:ximen",
            "梁丘:liangqiu", "范姜:fanjiang", "张简:zhangjian", "即墨:jimo", "叱干:chigan",
        )
    )
}  # fmt: skip
"""How characters are read as a surname, where the dictionary does not know or prefers another."""
COMPOUND = frozenset(name for name in SURNAME_READINGS if len(name) == 2)

TITLES = (
    "先生", "小姐", "太太", "女士", "夫人", "老师", "老板", "老总", "总监", "经理", "董事长",
    "董事", "主任", "主管", "师傅", "医生", "医师", "律师", "教授", "博士", "阿姨", "叔叔",
    "伯伯", "大哥", "大姐", "同学", "局长", "处长", "科长", "校长", "院长", "小朋友",
)  # fmt: skip
SHORT_TITLES = "总董工生太哥姐姨叔伯嫂师"
"""Titles of one character follow a surname alone; after more they are part of the name."""
BEFORE_SURNAME = "小老阿"
LATIN_TITLES = frozenset(["mr", "mrs", "ms", "miss", "mister", "madam", "dr", "prof", "sir"])

MARKS = re.compile(r"</?[a-zA-Z][^<>]*>")
"""Marks of HTML; what is no mark is a letter or a separator like any other."""

UNSEEN = ("Mn", "Mc", "Me", "Cf", "Cc", "Sk", "Cs")
"""Categories of signs between which a word goes on: accents, directions, controls."""

MOST_READINGS = 24
"""So many ways to read a whole name are kept."""
READINGS_OF_GIVEN = 2
LONGEST_FOLDED = 120
"""One sign may stand for a whole sentence; so much of a folded name makes keys."""
LONGEST_NAME = 6
"""Longer runs of characters are descriptions, not names: they have no pinyin."""
INITIALS = range(2, 5)
VOWELS = frozenset("aeiou")


# ── Folding ──


def fold_name(name: str) -> str:
    """The name without what does not tell people apart, in simplified script and small letters.

    Full-width forms, invisible signs, emoji, marks of HTML, accents, separators and titles go.
    Empty where nothing is left. Folding twice changes nothing.
    """
    folded = _fold(name)
    for _round in range(8):
        again = _fold(folded)
        if again == folded:
            break
        folded = again
    return folded


def _fold(name: str) -> str:
    return " ".join(_without_titles(_tokens(_simplified(_letters(MARKS.sub("", name))))))


def _letters(text: str) -> str:
    """Letters and digits alone, without accents; a blank where anything else stood between."""
    # Decomposed, or an accent would make another letter of a name.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = []
    for sign in plain:
        category = unicodedata.category(sign)
        if category[0] in "LN":
            kept.append(sign)
        elif sign in "\t\n\r" or not (category in UNSEEN or sign in "'’"):
            kept.append(" ")
    return unicodedata.normalize("NFKC", "".join(kept))


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def is_chinese(sign: str) -> bool:
    """A Chinese character, the rare planes and 〇 included."""
    code = ord(sign)
    return (
        0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3347F
        or sign == "〇"
    )


def _tokens(text: str) -> list[str]:
    """Words, and runs of Chinese characters; a blank inside a Chinese name is none."""
    tokens: list[str] = []
    open_word = False
    for sign in text:
        if sign.isspace():
            open_word = False
        elif is_chinese(sign):
            if tokens and is_chinese(tokens[-1][-1]):
                tokens[-1] += sign
            else:
                tokens.append(sign)
            open_word = False
        elif open_word:
            tokens[-1] += sign
        else:
            tokens.append(sign)
            open_word = True
    return tokens


def _without_titles(tokens: list[str]) -> list[str]:
    kept = [token for token in tokens if token not in LATIN_TITLES] or tokens
    return [_untitled(token) if is_chinese(token[0]) else token for token in kept]


def _untitled(token: str) -> str:
    for title in TITLES:
        if token.endswith(title) and len(token) > len(title):
            return token[: -len(title)]
    if token[-1] in SHORT_TITLES and _is_surname(token[:-1]):
        return token[:-1]
    if token[0] in BEFORE_SURNAME and len(token) == 2:
        return token[1:]
    return token


def _is_surname(token: str) -> bool:
    return len(token) == 1 or token in COMPOUND


# ── Keys ──


@lru_cache(maxsize=4096)
def _keys(name: str) -> tuple[str, ...]:
    tokens = fold_name(name)[:LONGEST_FOLDED].split()
    words = [token for token in tokens if not is_chinese(token[0])]
    found: dict[str, None] = {}
    for token in tokens:
        if is_chinese(token[0]):
            found |= dict.fromkeys(_keys_of_chinese(token))
    if words:
        found |= dict.fromkeys(_keys_of_words(words, alone=len(words) == len(tokens)))
    return tuple(found)


def name_keys(name: str) -> list[str]:
    """Every key of a name, for matching and for search; none where the name says nothing."""
    return list(_keys(name))


def text_keys(text: str) -> list[str]:
    """The keys by which a search finds a description: its words and pairs of characters."""
    found: dict[str, None] = {}
    for token in fold_name(text)[: 2 * LONGEST_FOLDED].split():
        if is_chinese(token[0]):
            found |= dict.fromkeys(_pieces(token))
        else:
            found |= dict.fromkeys(_beginnings(token))
    return list(found)


def match_keys(name: str) -> list[str]:
    """The keys under which somebody of this name may stand: name, pinyin, initials."""
    found = []
    for key in _keys(name):
        kind, _colon, value = key.partition(":")
        if kind in "np":
            found.append(key)
        # Initials speak only where the other side is nothing but initials.
        elif kind == "i":
            found.append(f"b:{value}")
        elif kind == "b":
            found += [f"i:{value}", key]
    return found


def search_keys(typed: str) -> list[tuple[list[str], list[str]]]:
    """What a search asks, word by word: the keys that must all be there, or any of them.

    One of both lists is empty. Nothing for a text without letters or digits.
    """
    asked: list[tuple[list[str], list[str]]] = []
    # Titles are looked for as they stand: they may be part of a description.
    for token in _tokens(_simplified(_letters(typed))):
        if is_chinese(token[0]):
            pairs = [f"w:{token[at : at + 2]}" for at in range(len(token) - 1)]
            asked.append((list(dict.fromkeys(pairs)) or [f"w:{token}"], []))
        else:
            asked.append(([], [f"w:{token}", f"w:{_spelled(token)}", f"i:{token}"]))
    return asked


def plain(name: str) -> str:
    """The letters of a name as they were written, traditional or simplified."""
    return " ".join(_without_titles(_tokens(_letters(MARKS.sub("", name)))))


def is_whole(name: str) -> bool:
    """The name tells more than a surname."""
    return any(key[0] in "np" for key in _keys(name))


def _keys_of_chinese(token: str) -> Iterator[str]:
    yield from _pieces(token)
    if len(token) > LONGEST_NAME:
        yield f"n:{token}"
        return
    at = 2 if token[:2] in COMPOUND else 1
    surname, given = token[:at], token[at:]
    lone = not given
    if not lone:
        yield f"n:{token}"
    readings_of_surname = _readings_of_surname(surname)
    readings_of_given = list(islice(product(*map(_readings_of_character, given)), MOST_READINGS))
    for read in readings_of_surname:
        yield f"w:{''.join(read)}"
        for part in read:
            yield f"w:{part}"
    for name in readings_of_given:
        for begin in range(len(name)):
            for end in range(begin + 1, len(name) + 1):
                yield f"w:{''.join(name[begin:end])}"
    if lone:
        return
    # Every reading of the surname comes before the second one of a given name.
    whole = islice(product(readings_of_given, readings_of_surname), MOST_READINGS)
    for second, first in whole:
        family, own = "".join(first), "".join(second)
        yield f"p:{family}{own}"
        yield f"p:{own}{family}"
        for end in range(1, len(second) + 1):
            yield f"w:{family}{''.join(second[:end])}"
        yield f"i:{''.join(part[0] for part in (*first, *second))}"


def _pieces(token: str) -> Iterator[str]:
    for sign in token:
        yield f"w:{sign}"
    for at in range(len(token) - 1):
        yield f"w:{token[at : at + 2]}"


def _keys_of_words(words: list[str], *, alone: bool) -> Iterator[str]:
    for word in words:
        yield from _beginnings(word)
        if _spelled(word) != word:
            yield f"w:{_spelled(word)}"
    spelled = [_spelled(word) for word in words]
    joined = "".join(spelled)
    yield f"w:{joined}"
    if not alone and len(words) == 1:
        return  # «陳大文 David»: the word beside the Chinese name is a given name, as many have it
    if len(words) == 1 and len(joined) in INITIALS and not VOWELS & set(joined):
        yield f"b:{joined}"
        return
    if len(joined) >= 3:
        yield f"n:{' '.join(words)}"
        yield f"p:{joined}"
    if len(words) > 1:
        yield f"p:{spelled[-1]}{''.join(spelled[:-1])}"
        yield f"p:{''.join(spelled[1:])}{spelled[0]}"
        yield f"i:{''.join(word[0] for word in words)}"


def _beginnings(word: str) -> Iterator[str]:
    for end in range(min(2, len(word)), min(len(word), 12) + 1):
        yield f"w:{word[:end]}"
    yield f"w:{word}"


# ── Readings ──

U = re.compile("([ln])(?:v|yu)")


def _spelled(word: str) -> str:
    """Latin letters as pinyin is compared: LYU, Lü, Lv and Lu are one."""
    return U.sub(r"\1u", word)


@lru_cache(maxsize=8192)
def _dictionary(sign: str) -> tuple[str, ...]:
    """Every reading of one character, the usual one first; the character itself if it has none."""
    found = pinyin(sign, heteronym=True, style=Style.NORMAL, errors="ignore")
    readings = found[0] if found else [sign]
    return tuple(dict.fromkeys(_spelled(_letters(one).replace(" ", "")) for one in readings))


def _readings_of_character(sign: str) -> tuple[str, ...]:
    return _dictionary(sign)[:READINGS_OF_GIVEN]


def _readings_of_surname(surname: str) -> list[tuple[str, ...]]:
    """Every reading of a surname, as syllables; those that are usual for it first."""
    if len(surname) == 1:
        usual = tuple(map(_spelled, SURNAME_READINGS.get(surname, ())))
        return [(one,) for one in dict.fromkeys((*usual, *_dictionary(surname)))]
    whole = _spelled(SURNAME_READINGS[surname][0])
    apart: Iterable[tuple[str, ...]] = product(*map(_dictionary, surname))
    known = _divided(whole, surname)
    return list(dict.fromkeys([known, *islice(apart, MOST_READINGS)]))


def _divided(whole: str, surname: str) -> tuple[str, ...]:
    """A compound surname's reading in its two syllables."""
    for first in _dictionary(surname[0]):
        if whole.startswith(first) and whole != first:
            return first, whole[len(first) :]
    for second in _dictionary(surname[1]):
        if whole.endswith(second) and whole != second:
            return whole[: -len(second)], second
    return (whole,)
