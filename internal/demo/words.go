package demo

// page is one page of the site.
type page struct{ name, path, title string }

var pages = []page{
	{"Home", "/", "沁山茶機｜按一下，喝到山上的茶"},
	{"Machines", "/machines", "茶機系列：QS-1、QS-2、QS-4"},
	{"Pricing", "/pricing", "價格與租購方案"},
	{"Tea", "/tea", "本季茶葉"},
	{"Cases", "/cases", "他們的茶水間"},
	{"Tasting", "/tasting", "預約試飲"},
	{"Journal", "/journal/cold-brew", "夏天的冷泡怎麼做"},
}

var screens = []string{"Home", "Brew", "My Cups", "Supplies", "Help"}

var (
	hotTeas  = []string{"文山包種", "凍頂烏龍", "日月潭紅玉", "東方美人", "蜜香紅茶", "高山金萱", "木柵鐵觀音"}
	icedTeas = []string{"冷泡四季春", "冷泡金萱", "冰紅玉", "檸檬冰紅茶", "冷泡蜜香"}
	titles   = []string{"行政專員", "總務主任", "店長", "人資經理", "營運長", "採購", "老闆", "辦公室經理"}
	forms    = []string{"預約試飲", "索取型錄", "線上報價", "展覽名片"}
)

// topic is what a ticket is about.
type topic struct{ name, text string }

var topics = []topic{
	{"installation", "機器送到了，可是店裡的吧檯沒有進水管，師傅說要另外約水電，到現在還不能用。"},
	{"leak", "出水口一直滴水，接水盤半天就滿了。"},
	{"taste", "這兩天泡出來的茶變淡，茶包和設定都沒換過。"},
	{"supplies", "茶葉訂了五天還沒到，同事一直在問。"},
	{"app", "新同事掃了機器上的碼，APP 一直轉圈登不進去。"},
	{"noise", "磨葉的聲音突然變大，會議室都聽得到。"},
	{"screen", "面板顯示 E07，重開之後好了，隔天又出現。"},
}

var faultCodes = []string{"E01", "E03", "E07", "E12"}

// reviews by rating, 1 … 5.
var reviews = [6][]string{
	{},
	{
		"機器擺在倉庫兩個月了。沒有人事先告訴我們店裡要先接水管。",
		"買之前說隨插即用，結果水電要自己找，退也退不掉，很失望。",
		"打了四通電話才等到人回，到現在還沒喝到一杯。",
	},
	{
		"茶是好喝，但安裝拖了很久，中間沒有人主動聯絡。",
		"經銷商報價等了快一個月，差點就買別家。",
		"外型漂亮，可惜店裡線路不合，只能先放著。",
	},
	{
		"茶不錯，清潔提醒有點太頻繁。",
		"中規中矩，補茶葉的時候要是能一次訂一季就好了。",
		"聲音比想像中大一點，放茶水間可以接受。",
	},
	{
		"同事從買手搖改成按一杯，茶水間變熱鬧了。",
		"包種泡得比我自己泡的穩定，保養也簡單。",
		"夏天的冷泡很受歡迎，補貨速度再快一點就滿分。",
		"業務很實在，先來量過位置才報價。",
	},
	{
		"客人一進門先問茶是哪裡的，這台機器替我們開了話題。",
		"從試飲到裝好不到三個星期，每一步都有人說明，非常放心。",
		"紅玉的香氣整個辦公室都聞得到，大家開會變準時了。",
		"用了一年沒出過狀況，茶葉訂閱很省事。",
	},
}

var surnames = []string{"陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "許", "鄭", "謝", "郭", "洪", "邱", "曾", "廖", "賴", "徐"}

var givenNames = []string{
	"怡君", "建宏", "雅婷", "志豪", "淑芬", "俊傑", "佩珊", "冠廷", "思妤", "宗翰", "詩涵", "家豪", "欣怡", "柏翰", "婉婷", "承恩",
	"品妍", "宇軒", "美玲", "彥廷", "子晴", "明哲", "曉雯", "育誠", "靜宜", "國華", "沛蓉", "立群", "筱涵", "正雄", "芷若", "文彬",
}

var japaneseNames = []string{"佐藤 健", "鈴木 美咲", "高橋 翔太", "田中 陽子", "伊藤 大輔", "渡辺 真由", "山本 拓也", "中村 恵", "小林 直樹", "加藤 彩", "吉田 学", "山田 千夏"}

var englishNames = []string{"Maya Patel", "Daniel Kim", "Grace Liu", "Owen Walsh", "Sofia Ramirez", "Ethan Brooks", "Hannah Weiss", "Marcus Lee", "Nina Okafor", "Claire Dubois", "Sam Nguyen", "Ruth Adler"}

var (
	firstSigns  = []string{"青", "遠", "禾", "雲", "沐", "晨", "德", "立", "合", "明", "松", "和", "景", "澄", "樂", "永", "佳", "宏", "森", "映", "初", "知", "穎", "品", "恆", "安", "新", "友", "嘉", "海"}
	secondSigns = []string{"嵐", "山", "沐", "杉", "光", "曦", "馨", "川", "盛", "石", "風", "田", "野", "原", "泉", "禾", "華", "和", "谷", "言", "舟", "里", "和", "林", "昇", "辰", "葉", "朗", "庭", "心"}
)

// Endings of company names by industry.
var endings = map[string][]string{
	"tech":          {"資訊股份有限公司", "科技股份有限公司", "數位有限公司"},
	"finance":       {"證券股份有限公司", "會計師事務所", "財務顧問有限公司"},
	"manufacturing": {"精密工業股份有限公司", "實業股份有限公司", "機械有限公司"},
	"clinic":        {"診所", "牙醫診所", "健康管理中心"},
	"retail":        {"選物店", "書店", "髮廊", "生活百貨", "烘焙坊"},
}

var japaneseEndings = map[string]string{"tech": "テック株式会社", "finance": "会計事務所", "manufacturing": "製作所", "clinic": "クリニック", "retail": "商店"}

var englishEndings = map[string]string{"tech": "Labs", "finance": "Advisors", "manufacturing": "Works", "clinic": "Dental", "retail": "Books"}

var englishFirst = []string{"Cedar", "Harbor", "Juniper", "Maple", "Northgate", "Pioneer", "Rainier", "Sunset", "Willow", "Alder", "Bayview", "Cascade", "Fremont", "Laurel", "Mission", "Orchard"}

var cities = map[string][]string{
	"north": {"臺北市", "新北市", "桃園市", "新竹市"}, "central": {"臺中市", "彰化縣", "南投縣"}, "south": {"臺南市", "高雄市", "嘉義市"},
	"japan": {"東京", "大阪", "福岡"}, "us": {"Seattle", "San Jose", "New York"},
}

// pick chooses for a number what stays the same for it, other choices of the
// same number apart by what.
func pick[T any](from []T, number int32, what uint64) T {
	return from[scatter(number, what)%uint64(len(from))]
}

// scatter is a number that looks drawn by chance and stays the same.
func scatter(number int32, what uint64) uint64 {
	x := (uint64(number) + what*0x51_7c_c1_b7) * 0x9e3779b97f4a7c15 // SplitMix64 (Steele, Lea, Flood 2014)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func personName(region string, number int32) string {
	switch region {
	case "japan":
		return pick(japaneseNames, number, 1)
	case "us":
		return pick(englishNames, number, 2)
	}
	return pick(surnames, number, 3) + pick(givenNames, number, 4)
}

func accountName(region, industry string, number int32) string {
	first, second := firstSigns[int(number)%len(firstSigns)], secondSigns[int(number)/len(firstSigns)%len(secondSigns)]
	switch region {
	case "japan":
		return first + second + japaneseEndings[industry]
	case "us":
		return pick(englishFirst, number, 5) + " & " + pick(englishFirst, number, 6) + " " + englishEndings[industry]
	}
	return first + second + pick(endings[industry], number, 7)
}

func locale(region string) string {
	switch region {
	case "japan":
		return "ja-JP"
	case "us":
		return "en-US"
	}
	return "zh-TW"
}
