package fault

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// texts gives the message and the hint of an entry in every language.
func (e entry) texts() map[string]map[Language]string {
	return map[string]map[Language]string{
		"message": {English: e.En, TraditionalChinese: e.ZhHant, SimplifiedChinese: e.ZhHans},
		"hint": {English: e.Hint[string(English)], TraditionalChinese: e.Hint[string(TraditionalChinese)],
			SimplifiedChinese: e.Hint[string(SimplifiedChinese)]},
	}
}

func TestEveryMessageIsWrittenInThreeLanguages(t *testing.T) {
	for _, key := range Keys() {
		e := catalogue()[key]
		for part, texts := range e.texts() {
			if part == "hint" && len(e.Hint) == 0 {
				continue
			}
			for language, text := range texts {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s: no %s in %s", key, part, language)
				}
			}
		}
		for language := range e.Hint {
			if !slices.Contains([]Language{English, TraditionalChinese, SimplifiedChinese}, Language(language)) {
				t.Errorf("%s: a hint in %s", key, language)
			}
		}
	}
}

var places = regexp.MustCompile(`\{[a-zA-Z]+\}`)

func TestTheThreeLanguagesHaveTheSamePlacesToFill(t *testing.T) {
	of := func(text string) []string {
		found := places.FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, key := range Keys() {
		for part, texts := range catalogue()[key].texts() {
			want := of(texts[English])
			for language, text := range texts {
				if got := of(text); !slices.Equal(got, want) {
					t.Errorf("%s: the %s in %s fills %v, in English %v", key, part, language, got, want)
				}
			}
		}
	}
}

// messages/capture.json and messages/capture_reasons.json hold capture.…
func TestAKeyIsInOneFileThatIsNamedAfterItsArea(t *testing.T) {
	names, err := fs.Glob(files, "messages/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	seen := map[string]string{}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		area, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "messages/"), ".json"), "_")
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.DisallowUnknownFields()
		part := map[string]entry{}
		if err := d.Decode(&part); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key := range part {
			if !strings.HasPrefix(key, area+".") {
				t.Errorf("%s holds %s", name, key)
			}
			if other, twice := seen[key]; twice {
				t.Errorf("%s is in %s and %s", key, other, name)
			}
			seen[key] = name
		}
	}
}

// Characters that only one of the two scripts has, pair by pair: the commonest in
// texts of this kind.
const (
	traditionalOnly = "個們這來時會說沒過還進對開關點無為與從實將應當後見現發動種結應請寫讀檔資訊網頁連線圖標題錄檢測試驗證執運設計選擇項類號碼識別權誤錯變範圍紀錄儲單據顯隱藏際經濟門問間聞價買賣員專業務處鍵確認輸傳遞轉換導覽齊備總數條維護啟閉歷東車學長語謝讓該環節續統鎖"
	simplifiedOnly  = "个们这来时会说没过还进对开关点无为与从实将应当后见现发动种结应请写读档资讯网页连线图标题录检测试验证执运设计选择项类号码识别权误错变范围纪录储单据显隐藏际经济门问间闻价买卖员专业务处键确认输传递转换导览齐备总数条维护启闭历东车学长语谢让该环节续统锁"
)

// Terms that one side of the strait says otherwise. Each is wrong in the language
// it stands under, whatever its characters.
var foreignTerms = map[Language][]string{
	TraditionalChinese: {"數據", "用戶", "文件夾", "服務器", "信息", "軟件", "硬件", "網絡", "默認", "登錄", "保存", "導入", "導出", "屏幕", "鼠標", "鏈接", "郵箱", "視頻", "線程", "內存", "字符", "字段", "加載", "質量", "帳戶名", "密鑰", "接口", "賬號", "賬戶", "刷新", "激活", "支持", "圖標", "標識", "菜單", "窗口", "光標", "反饋"},
	SimplifiedChinese:  {"资料夹", "资料库", "使用者", "档案", "伺服器", "软体", "硬体", "网路", "预设", "登入", "储存", "汇入", "汇出", "萤幕", "滑鼠", "连结", "电子邮件", "影片", "程式", "执行绪", "记忆体", "字元", "栏位", "载入", "品质", "金钥", "介面", "帐号名称", "讯息", "资讯", "支援", "选单", "视窗", "游标", "回馈", "透过", "客制", "重新整理", "专案", "管道"},
}

// withoutOwnTerms takes away the words of Taiwan that contain a term that is not:
// a client is 用戶端 though a user is 使用者.
func withoutOwnTerms(text string) string { return strings.ReplaceAll(text, "用戶端", "") }

func TestNeitherChineseIsAConversionOfTheOther(t *testing.T) {
	other := map[Language][]rune{
		TraditionalChinese: difference(simplifiedOnly, traditionalOnly),
		SimplifiedChinese:  difference(traditionalOnly, simplifiedOnly),
	}
	for _, key := range Keys() {
		for part, texts := range catalogue()[key].texts() {
			for language, characters := range other {
				text := texts[language]
				for _, r := range characters {
					if strings.ContainsRune(text, r) {
						t.Errorf("%s: the %s in %s has %c of the other script: %s", key, part, language, r, text)
					}
				}
				for _, term := range foreignTerms[language] {
					if strings.Contains(withoutOwnTerms(text), term) {
						t.Errorf("%s: the %s in %s says %s, which is said otherwise there: %s", key, part, language, term, text)
					}
				}
			}
			if hans := texts[SimplifiedChinese]; strings.ContainsAny(hans, "「」『』") {
				t.Errorf("%s: the %s in zh-Hans quotes as zh-Hant does: %s", key, part, hans)
			}
			if hant := texts[TraditionalChinese]; strings.ContainsAny(hant, "“”‘’") {
				t.Errorf("%s: the %s in zh-Hant quotes as zh-Hans does: %s", key, part, hant)
			}
		}
	}
}

// difference is the characters of one list that are not in the other: some are
// the same in both scripts.
func difference(of, without string) []rune {
	var left []rune
	for _, r := range of {
		if !strings.ContainsRune(without, r) && !slices.Contains(left, r) {
			left = append(left, r)
		}
	}
	return left
}
