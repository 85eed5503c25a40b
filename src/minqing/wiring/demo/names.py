"""Invented names. Common surnames and given names by table; whoever is really called so is not meant."""

from minqing.wiring.demo.dice import draws, listed

SURNAMES = (
    "王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang 赵 Zhao 黄 Huang 周 Zhou 吴 Wu 徐 Xu 孙 Sun 胡 Hu 朱 Zhu 高 Gao "
    "林 Lin 何 He 郭 Guo 马 Ma 罗 Luo 梁 Liang 宋 Song 郑 Zheng 谢 Xie 韩 Han 唐 Tang 冯 Feng 于 Yu 董 Dong 萧 Xiao "
    "程 Cheng 曹 Cao 袁 Yuan 邓 Deng 许 Xu 傅 Fu 沈 Shen 曾 Zeng 彭 Peng 吕 Lü 苏 Su 卢 Lu 蒋 Jiang 蔡 Cai 贾 Jia "
    "丁 Ding 魏 Wei 薛 Xue 叶 Ye 阎 Yan 余 Yu 潘 Pan 杜 Du 戴 Dai 夏 Xia 钟 Zhong 汪 Wang 田 Tian 任 Ren 姜 Jiang "
    "范 Fan 方 Fang 石 Shi 姚 Yao 谭 Tan 廖 Liao 邹 Zou 熊 Xiong 金 Jin 陆 Lu 郝 Hao 孔 Kong 白 Bai 崔 Cui 康 Kang "
    "毛 Mao 邱 Qiu 秦 Qin 江 Jiang 史 Shi 顾 Gu 侯 Hou 邵 Shao 孟 Meng 龙 Long 万 Wan 段 Duan 雷 Lei 钱 Qian 汤 Tang"
)
OLD_A = listed("桂 正 德 世 光 永 大 玉 秀 素 国 先 明 兴 仁 忠 天 发 福 万 淑 家 开 成 学 茂 登 安 昌 厚")
OLD_B = listed("英 兰 珍 芳 贵 富 全 才 银 财 清 昌 碧 莲 容 顺 友 禄 祥 田 春 林 富 凤 根 仲 书 轩")
MID_A = listed("建 志 晓 小 红 丽 永 海 春 立 长 秋 文 新 冬 卫 爱 宏 克 继 润 月 向 学 世 庆 朝 振 利 ")
MID_B = listed("军 梅 燕 霞 斌 勇 芬 萍 蓉 辉 涛 松 琴 玲 刚 生 民 伟 敏 荣 国 芝 健 波 容 菊")
NEW_A = listed("雨 子 佳 思 俊 梓 欣 浩 诗 嘉 宇 若 一 语 可 皓 芷 书 沐 景 知 奕 清 乐 安 予 亦 泽 晨 星")
NEW_B = listed("涵 轩 怡 宁 彤 航 睿 琪 然 阳 萱 瑞 凡 晴 桐 尧 禾 言 屿 霖 朗 遥 舟 岚 韵 筠 栩 菲 恒 朵")
# For staff, whose names have an English form.
GIVEN = (
    "立春 Lichun 远帆 Yuanfan 慕青 Muqing 怀谷 Huaigu 砚秋 Yanqiu 承野 Chengye 若川 Ruochuan 松筠 Songyun 朴之 Puzhi "
    "晏清 Yanqing 守拙 Shouzhuo 知夏 Zhixia 念禾 Nianhe 景行 Jingxing 泊舟 Bozhou 以宁 Yining 采薇 Caiwei 望舒 Wangshu "
    "同尘 Tongchen 岫云 Xiuyun 南乔 Nanqiao 见微 Jianwei 逢春 Fengchun 鹤鸣 Heming 识途 Shitu 晚晴 Wanqing 临溪 Linxi "
    "若谷 Ruogu 素问 Suwen 修竹 Xiuzhu 听澜 Tinglan 长庚 Changgeng 明渠 Mingqu 麦秋 Maiqiu 穗丰 Suifeng 半夏 Banxia "
    "春耕 Chungeng 溪亭 Xiting 梧生 Wusheng 草木 Caomu 行舟 Xingzhou 栖梧 Qiwu 问樵 Wenqiao 沛然 Peiran 秉烛 Bingzhu "
    "安澜 Anlan 稼轩 Jiaxuan 时雨 Shiyu 野渡 Yedu 白露 Bailu 之恒 Zhiheng 葭月 Jiayue 汀兰 Tinglan"
)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


SURNAME_PAIRS = _pairs(SURNAMES)
GIVEN_PAIRS = _pairs(GIVEN)
# Half of all people carry one of the first thirty names.
SURNAME_WHEEL = tuple(s for s, _ in SURNAME_PAIRS[:30]) * 3 + tuple(s for s, _ in SURNAME_PAIRS)
AGES = ((OLD_A, OLD_B), (MID_A, MID_B), (NEW_A, NEW_B))


def resident_name(dice: tuple[int, ...], age: int) -> str:
    """A name that fits the age: 0 old, 1 middle, 2 young; one in six has a single given character."""
    first, second = AGES[age]
    surname = SURNAME_WHEEL[dice[0] % len(SURNAME_WHEEL)]
    if dice[1] % 6 == 0:
        return surname + second[dice[2] % len(second)]
    return surname + first[dice[1] % len(first)] + second[dice[2] % len(second)]


def staff_names(seed: int, count: int) -> list[tuple[str, str]]:
    """(Chinese, English) names, all different; the family name first in both."""
    out: dict[str, str] = {}
    item = 0
    while len(out) < count:
        dice = draws(seed, item, 71)
        surname, surname_en = SURNAME_PAIRS[dice[0] % len(SURNAME_PAIRS)]
        given, given_en = GIVEN_PAIRS[dice[1] % len(GIVEN_PAIRS)]
        out.setdefault(surname + given, f"{surname_en} {given_en}")
        item += 1
    return list(out.items())
