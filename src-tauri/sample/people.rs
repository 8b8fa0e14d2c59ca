//! Buyers who do not exist. Phone numbers lie in blocks with no subscribers.

use crate::rng::Rng;

const FAMILY: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "欧阳",
];
const GIVEN: [&str; 24] = [
    "伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "超", "秀英", "志强", "建华", "晓梅",
    "子涵", "雨桐", "浩然", "欣怡", "宇轩", "思远",
];
const PLACES: [(&str, &str, &str, &str); 14] = [
    ("广东省", "深圳市", "福田区", "华强北街道"),
    ("广东省", "广州市", "天河区", "石牌街道"),
    ("浙江省", "杭州市", "余杭区", "仓前街道"),
    ("江苏省", "苏州市", "昆山市", "花桥镇"),
    ("四川省", "成都市", "武侯区", "桂溪街道"),
    ("湖北省", "武汉市", "洪山区", "关山街道"),
    ("河南省", "郑州市", "金水区", "文化路街道"),
    ("山东省", "青岛市", "市北区", "台东街道"),
    ("河北省", "石家庄市", "长安区", "育才街道"),
    ("辽宁省", "沈阳市", "铁西区", "兴华街道"),
    ("湖南省", "长沙市", "岳麓区", "橘子洲街道"),
    ("陕西省", "西安市", "雁塔区", "小寨路街道"),
    ("福建省", "泉州市", "晋江市", "陈埭镇"),
    ("北京市", "北京市", "朝阳区", "望京街道"),
];

/// A receiver.
pub struct Person {
    pub name: String,
    pub phone: String,
    pub province: &'static str,
    pub city: &'static str,
    pub district: &'static str,
    pub town: &'static str,
    pub address: String,
}

/// Makes one up.
pub fn person(rng: &mut Rng) -> Person {
    let (province, city, district, town) = *rng.pick(&PLACES);
    let street = rng.pick(&["和平路", "人民路", "建设街", "学府路", "阳光花园", "幸福小区", "万和城"]);
    let phone = format!("1{}0000{}", rng.pick(&["30", "35", "38", "50", "86"]), rng.digits(4));
    Person {
        name: format!("{}{}", rng.pick(&FAMILY), rng.pick(&GIVEN)),
        phone,
        province,
        city,
        district,
        town,
        address: format!(
            "{street}{}号{}栋{}室",
            1 + rng.below(300),
            1 + rng.below(20),
            100 * (1 + rng.below(18)) + rng.below(8)
        ),
    }
}
