"""English names of Chinese places: pinyin read as the place reads it, and the kind in plain English."""

import re

from pypinyin import lazy_pinyin

READINGS = {
    "勒": "le", "佛": "fo", "朝": "chao", "都": "du", "什": "shi", "漯": "luo", "卡": "ka", "尾": "wei",
    "蚌": "beng", "圩": "xu", "峒": "tong", "柏": "bai", "浚": "xun", "筠": "jun", "覃": "qin", "珲": "hun",
    "曾": "zeng", "涡": "guo", "泊": "bo", "伽": "jia", "峙": "shi", "称": "chen", "棱": "ling",
    "长": "chang",
}
"""Characters that the dictionary of readings gets wrong in place names."""

WHOLE = {
    "长子": "zhang zi", "乐陵": "lao ling", "乐亭": "lao ting", "乐清": "yue qing", "南乐": "nan le",
    "民乐": "min le", "六合": "lu he", "六安": "lu an", "大城": "dai cheng", "红寺堡": "hong si bu",
    "荥经": "ying jing", "洪洞": "hong tong", "单县": "shan xian",
}

ACCEPTED = {
    "内蒙古": "Inner Mongolia", "陕西": "Shaanxi", "西藏": "Tibet", "香港": "Hong Kong", "澳门": "Macao",
    "台湾": "Taiwan", "宁夏": "Ningxia", "新疆": "Xinjiang", "广西": "Guangxi",
    "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "呼和浩特": "Hohhot", "鄂尔多斯": "Ordos",
    "呼伦贝尔": "Hulunbuir", "巴彦淖尔": "Bayannur", "乌兰察布": "Ulanqab", "兴安": "Hinggan",
    "锡林郭勒": "Xilingol", "阿拉善": "Alxa", "乌兰浩特": "Ulanhot", "锡林浩特": "Xilinhot",
    "二连浩特": "Erenhot", "拉萨": "Lhasa", "日喀则": "Shigatse", "昌都": "Qamdo", "林芝": "Nyingchi",
    "山南": "Shannan", "那曲": "Nagqu", "阿里": "Ngari", "乌鲁木齐": "Urumqi", "克拉玛依": "Karamay",
    "吐鲁番": "Turpan", "哈密": "Hami", "喀什": "Kashgar", "和田": "Hotan", "阿克苏": "Aksu",
    "阿勒泰": "Altay", "伊犁": "Ili", "博尔塔拉": "Bortala", "巴音郭楞": "Bayingolin",
    "克孜勒苏": "Kizilsu", "阿拉尔": "Aral", "图木舒克": "Tumxuk", "可克达拉": "Kokdala", "库尔勒": "Korla",
    "霍尔果斯": "Korgas", "阿图什": "Artux", "香格里拉": "Shangri-La", "白云鄂博": "Bayan Obo",
    "鄂伦春": "Oroqen", "鄂温克族": "Ewenki", "莫力达瓦达斡尔族": "Morin Dawa Daur",
    "甘孜": "Garze", "阿坝": "Aba", "迪庆": "Diqing", "额尔古纳": "Ergun",
    "土默特": "Tumed", "达尔罕茂明安": "Darhan Muminggan", "阿鲁科尔沁": "Ar Horqin", "巴林": "Bairin",
    "克什克腾": "Hexigten", "翁牛特": "Ongniud", "喀喇沁": "Harqin", "科尔沁": "Horqin", "库伦": "Hure",
    "扎鲁特": "Jarud", "达拉特": "Dalad", "准格尔": "Jungar", "鄂托克": "Otog", "杭锦": "Hanggin",
    "乌审": "Uxin", "伊金霍洛": "Ejin Horo", "阿荣": "Arun", "陈巴尔虎": "Old Barag",
    "新巴尔虎": "New Barag", "乌拉特": "Urad", "察哈尔": "Qahar", "扎赉特": "Jalaid", "阿巴嘎": "Abag",
    "苏尼特": "Sonid", "东乌珠穆沁": "East Ujimqin", "西乌珠穆沁": "West Ujimqin", "太仆寺": "Taibus",
    "额济纳": "Ejin", "前郭尔罗斯": "Qian Gorlos", "杜尔伯特": "Dorbod", "喀喇沁左翼": "Harqin Left Wing",
    "格尔木": "Golmud", "阿尔山": "Arxan", "霍林郭勒": "Holingol", "马尔康": "Barkam", "海拉尔": "Hailar",
    "扎赉诺尔": "Jalainur", "塔什库尔干": "Taxkorgan", "察布查尔": "Qapqal", "和布克赛尔": "Hoboksar",
    "巴里坤": "Barkol", "富拉尔基": "Fularji", "萨尔图": "Sartu",
}
"""Names with a spelling of their own in English."""

PEOPLES = {
    "朝鲜族": "Korean", "蒙古族": "Mongol", "蒙古": "Mongol", "回族": "Hui", "满族": "Manchu", "苗族": "Miao",
    "土家族": "Tujia", "侗族": "Dong", "瑶族": "Yao", "壮族": "Zhuang", "布依族": "Buyei", "彝族": "Yi",
    "藏族": "Tibetan", "羌族": "Qiang", "白族": "Bai", "傣族": "Dai", "傈僳族": "Lisu", "哈尼族": "Hani",
    "拉祜族": "Lahu", "佤族": "Va", "景颇族": "Jingpo", "纳西族": "Naxi", "普米族": "Pumi", "怒族": "Nu",
    "独龙族": "Derung", "布朗族": "Blang", "黎族": "Li", "畲族": "She", "仡佬族": "Gelao", "水族": "Sui",
    "仫佬族": "Mulao", "毛南族": "Maonan", "各族": "Multi-Ethnic", "土族": "Tu", "撒拉族": "Salar",
    "保安族": "Bonan", "东乡族": "Dongxiang", "裕固族": "Yugur", "哈萨克族": "Kazakh", "哈萨克": "Kazakh",
    "锡伯": "Xibe", "塔吉克": "Tajik", "柯尔克孜": "Kirgiz", "达斡尔族": "Daur", "鄂温克族": "Ewenki",
}

ALONE = {"城区": "Urban District", "郊区": "Suburban District", "矿区": "Mining District",
         "伊犁哈萨克自治州": "Ili Kazakh Autonomous Prefecture",
         "鄂伦春自治旗": "Oroqen Autonomous Banner", "鄂温克族自治旗": "Ewenki Autonomous Banner",
         "莫力达瓦达斡尔族自治旗": "Morin Dawa Daur Autonomous Banner",
         "大柴旦行政委员会": "Da Qaidam Administrative Committee",
         "浦东新区": "Pudong New Area", "滨海新区": "Binhai New Area", "两江新区": "Liangjiang New Area",
         "芒市": "Mangshi", "沙市区": "Shashi District", "东乡族自治县": "Dongxiang Autonomous County",
         "清新区": "Qingxin District"}

ENDINGS = (
    ("特别行政区", "", "special_administrative_region"), ("自治区", "", "autonomous_region"),
    ("自治州", " Autonomous Prefecture", "autonomous_prefecture"),
    ("自治县", " Autonomous County", "autonomous_county"),
    ("自治旗", " Autonomous Banner", "autonomous_banner"),
    ("地区", " Prefecture", "prefecture"), ("盟", " League", "league"), ("省", "", "province"),
    ("行政委员会", " Administrative Committee", "management_area"),
    ("林区", " Forestry District", "forestry_district"), ("特区", " Special District", "special_district"),
    ("矿区", " Mining District", "district"), ("新区", " New District", "district"),
    ("区", " District", "district"), ("县", " County", "county"),
    *((f"{wing_zh}{part_zh}旗", f"{wing_en} {part_en} Banner", "banner")
      for wing_zh, wing_en in (("左翼", " Left Wing"), ("右翼", " Right Wing"), ("", ""))
      for part_zh, part_en in (("前", "Front"), ("中", "Middle"), ("后", "Rear"), ("左", "Left"),
                               ("右", "Right"), ("联合", "United"))),
    ("旗", " Banner", "banner"),
    ("市", "", "city"),
)


def english(name: str) -> tuple[str, str]:
    """English name and kind (``city`` is left to the caller to place) of a full Chinese name."""
    for ending, word, kind in ENDINGS:
        if name.endswith(ending) and (len(name) > len(ending) or name in ALONE):
            return ALONE.get(name) or _spelled(name, ending) + word, kind
    raise ValueError(name)


def pinyin(name: str) -> str:
    """The pinyin of the whole name without tones, one word, for searching."""
    return "".join(_syllables(name))


def _spelled(name: str, ending: str) -> str:
    stem = name[:-len(ending)]
    if stem in ACCEPTED:
        return ACCEPTED[stem]
    stem, peoples = _peoples(stem, ending)
    # Read in the whole name: 蔚 alone is wei, 蔚县 is Yuxian County, and one syllable does not stand alone.
    spoken = _syllables(name)[:2 if len(name) == 2 else len(stem)]
    return " ".join(word for word in (ACCEPTED.get(stem) or _joined(spoken), *peoples) if word)


def _peoples(stem: str, ending: str) -> tuple[str, list[str]]:
    found: list[str] = []
    if not ending.startswith("自治") and not stem.endswith("族"):
        return stem, found
    pattern = re.compile(f"({'|'.join(sorted(PEOPLES, key=len, reverse=True))})$")
    while len(stem) > 2 and (match := pattern.search(stem)) and match.start() > 0:
        found.insert(0, PEOPLES[match.group()])
        stem = stem[:match.start()]
    return stem, found


def _syllables(name: str) -> list[str]:
    known = next(((words, told) for words, told in WHOLE.items() if name.startswith(words)), None)
    if known:
        words, told = known
        return told.split() + (_syllables(name[len(words):]) if len(name) > len(words) else [])
    read = lazy_pinyin(name)
    if len(read) != len(name):
        raise ValueError(name)
    return [READINGS.get(character, sound) for character, sound in zip(name, read, strict=True)]


def _joined(syllables: list[str]) -> str:
    """Pinyin as one word: an apostrophe before a syllable that begins with a vowel."""
    if not syllables:
        return ""
    rest = "".join(f"'{one}" if one[0] in "aoe" else one for one in syllables[1:])
    return (syllables[0] + rest).replace("lv", "lü").replace("nv", "nü").capitalize()
