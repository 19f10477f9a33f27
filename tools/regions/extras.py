"""What the code list does not hold: who pays, the Corps' cities, areas with delegated powers."""

DIRECT_TO_STATE = ("210200", "330200", "350200", "370200", "440300")
"""计划单列市: Dalian, Ningbo, Xiamen, Qingdao, Shenzhen."""

ZHEJIANG = "33"
"""The province that pays its counties directly."""

CORPS_CITIES = {
    "659001": 8, "659002": 1, "659003": 3, "659004": 6, "659005": 10, "659006": 2, "659007": 5, "659008": 4,
    "659009": 14, "659010": 7, "659011": 13, "659012": 9,
}
"""City under the Corps -> number of its division (师市合一)."""

FUNCTIONAL_AREAS = (
    ("130000-FA01", "130000", "雄安新区", "Xiong'an New Area", "2017-04-01"),
    ("220000-FA01", "220000", "长白山保护开发区", "Changbaishan Protection and Development Zone", ""),
    ("320500-FA01", "320500", "苏州工业园区", "Suzhou Industrial Park", ""),
    ("340100-FA01", "340100", "合肥高新技术产业开发区", "Hefei High-Tech Zone", ""),
    ("350128-FA01", "350128", "平潭综合实验区", "Pingtan Comprehensive Pilot Zone", ""),
    ("410100-FA01", "410100", "郑州航空港经济综合实验区", "Zhengzhou Airport Economy Zone", ""),
    ("520000-FA01", "520000", "贵安新区", "Gui'an New Area", "2014-01-06"),
    ("610000-FA01", "610000", "西咸新区", "Xixian New Area", "2014-01-06"),
    ("610403-FA01", "610403", "杨凌农业高新技术产业示范区", "Yangling Agricultural High-Tech Zone", ""),
    ("620100-FA01", "620100", "兰州新区", "Lanzhou New Area", "2012-08-20"),
)
"""Code of our own, host, Chinese and English name, first day where known."""
