// What holds for every text of the screen: the same keys in all three
// languages, the words of each place, and no text that is asked for but missing.
import { describe, expect, it } from 'vitest';
import { byFeature } from './files';

type Texts = { [key: string]: string | Texts };

const languages = {
  'zh-Hant': byFeature(import.meta.glob<Texts>('./zh-Hant/*.json', { eager: true, import: 'default' })),
  'zh-Hans': byFeature(import.meta.glob<Texts>('./zh-Hans/*.json', { eager: true, import: 'default' })),
  en: byFeature(import.meta.glob<Texts>('./en/*.json', { eager: true, import: 'default' })),
};
const sources = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx', '!../**/*.test.*'], { eager: true, query: '?raw', import: 'default' });

/** leaves gives every text with its path: "shell:areas.title". */
function leaves(feature: string, texts: object): Map<string, string> {
  const out = new Map<string, string>();
  const walk = (path: string, value: unknown) => {
    if (typeof value === 'string') out.set(`${feature}:${path}`, value);
    else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) walk(path ? `${path}.${key}` : key, inner);
  };
  walk('', texts);
  return out;
}

function all(language: keyof typeof languages): Map<string, string> {
  return new Map(Object.entries(languages[language]).flatMap(([feature, texts]) => [...leaves(feature, texts)]));
}

/** Chinese has one plural form, English two: they are one key. */
const singular = (key: string) => key.replace(/_(one|other)$/, '');
const keysOf = (language: keyof typeof languages) => [...new Set([...all(language).keys()].map(singular))].toSorted();

const hant = all('zh-Hant');
const hans = all('zh-Hans');

describe('the three languages', () => {
  it('have the same features', () => {
    expect(Object.keys(languages['zh-Hans']).toSorted()).toEqual(Object.keys(languages['zh-Hant']).toSorted());
    expect(Object.keys(languages.en).toSorted()).toEqual(Object.keys(languages['zh-Hant']).toSorted());
  });

  it.each(['zh-Hans', 'en'] as const)('have the same keys: %s as zh-Hant', (language) => {
    expect(keysOf(language)).toEqual(keysOf('zh-Hant'));
  });

  it('have both English plural forms wherever they have one', () => {
    const english = all('en');
    const lonely = [...english.keys()].filter((key) => /_(one|other)$/.test(key) && !english.has(key.endsWith('_one') ? `${singular(key)}_other` : `${singular(key)}_one`));
    expect(lonely).toEqual([]);
  });

  it('fill in the same values and tags', () => {
    const holes = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}|<(\w+)>/g)].map((match) => match[1] ?? match[2]))].toSorted();
    const english = all('en');
    const differing = [...hant].filter(([key, text]) => {
      const others = [hans.get(key), english.get(key)].filter((one) => one !== undefined);
      return others.some((other) => JSON.stringify(holes(other)) !== JSON.stringify(holes(text)));
    });
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  it('leave no text empty, but for the word that is not said', () => {
    const empty = [...hant, ...hans, ...all('en')].filter(([key, text]) => text.trim() === '' && key !== 'quarantine:resolved.open');
    expect(empty).toEqual([]);
  });
});

// 简体 is written, not converted: these are different words, not different characters.
const words: [taiwan: RegExp, mainland: RegExp, meaning: string][] = [
  [/使用者/, /用户(?!端)/, 'user'],
  [/資料(?!夾)/, /数据/, 'data'],
  [/管道/, /渠道/, 'channel'],
  [/儲存/, /保存/, 'save'],
  [/設定/, /设置/, 'settings'],
  [/檔案/, /文件/, 'file'],
  [/登入/, /登录/, 'sign in'],
  [/伺服器/, /服务器/, 'server'],
  [/網路/, /网络/, 'network'],
  [/連結/, /链接|关联/, 'link'],
  [/匯入/, /导入/, 'import'],
  [/匯出/, /导出/, 'export'],
  [/載入/, /加载/, 'load'],
  [/搜尋/, /搜索/, 'search'],
  [/預設/, /默认/, 'default'],
  [/畫面/, /页面|屏幕/, 'screen'],
  [/帳號/, /账号/, 'account of a member'],
  [/電子郵件/, /邮箱/, 'e-mail'],
  [/金鑰/, /密钥/, 'key'],
  [/螢幕/, /屏幕/, 'display'],
  [/滑鼠/, /鼠标/, 'mouse'],
  [/字串/, /字符串/, 'string'],
  [/程式/, /程序/, 'program'],
  [/支援/, /支持/, 'support'],
  [/復原/, /撤销|恢复/, 'undo'],
];
/** What a mechanical conversion of the Taiwan words would leave in 简体中文. */
const converted = /使用者|资料|储存|设定|档案|登入|伺服器|网路|汇入|汇出|载入|搜寻|预设|帐号|电子邮件|金钥|萤幕|滑鼠|字串|程式|支援|透过/;
const borrowed = /用戶|數據|保存|設置|文件|登錄|服務器|網絡|鏈接|導入|導出|加載|搜索|默認|賬號|郵箱|密鑰|屏幕|鼠標|字符串|程序/;

describe('the glossary', () => {
  it('keeps mainland words in 简体中文', () => {
    expect([...hans].filter(([, text]) => converted.test(text))).toEqual([]);
  });

  it('keeps Taiwan words in 繁體中文', () => {
    expect([...hant].filter(([, text]) => borrowed.test(text))).toEqual([]);
  });

  it.each(words)('says %s where 简体中文 says %s (%s)', (taiwan, mainland) => {
    const pairs = [...hant].filter(([key, text]) => taiwan.test(text) && hans.has(key));
    const wrong = pairs.filter(([key]) => taiwan.test(hans.get(key) ?? ''));
    expect(wrong).toEqual([]);
    // Where the term is used at all, its counterpart is what the other language uses somewhere.
    if (pairs.length > 2) expect(pairs.some(([key]) => mainland.test(hans.get(key) ?? ''))).toBe(true);
  });
});

// Characters of one script that the other never writes, from those in common use.
const traditionalOnly = /[個們會來時後這說見觀覺讀寫買賣錢鐘門間問聞開關閱電話語調論證認識設計選項單雙邊過還進遠運達連絡結經給統計線級組織續總編輯層屬歷變樣標題圖畫檢驗應該實際對將專當狀態動勢與學習讓輸啟體廣場處務優勝員質貨費資產業獨斷齊]/;
const simplifiedOnly = /[个们会来时后这说见观觉读写买卖钱钟门间问闻开关阅电话语调论证认识设计选项单双边过还进远运达连络结经给统线级组织续总编辑层属历变样标题图画检验应该实际对将专当状态动势与学习让输启体广场处务优胜员质货费资产业独断齐]/;

describe('the scripts', () => {
  it('write no traditional character in 简体中文', () => {
    expect([...hans].filter(([, text]) => traditionalOnly.test(text))).toEqual([]);
  });

  it('write no simplified character in 繁體中文', () => {
    expect([...hant].filter(([, text]) => simplifiedOnly.test(text.replaceAll('后台', '')))).toEqual([]);
  });
});

describe('the sources', () => {
  it('ask for no text that is not there', () => {
    const missing: string[] = [];
    for (const [path, source] of Object.entries(sources)) {
      for (const [, name, feature] of source.matchAll(/const \{ t(?:: (\w+))?(?:, i18n)? \} = useTranslation\('(\w+)'\)/g)) {
        const asked = new RegExp(`(?<![\\w.])${name ?? 't'}\\(\\s*'([\\w.-]+)'`, 'g');
        for (const [, key] of source.matchAll(asked)) {
          const full = `${feature}:${key}`;
          const found = hant.has(full) || hant.has(`${full}_other`);
          // A file may name several features' texts t in different functions: it is enough that one of them has it.
          const elsewhere = [...source.matchAll(/useTranslation\('(\w+)'\)/g)].some(([, other]) => hant.has(`${other}:${key}`) || hant.has(`${other}:${key}_other`));
          if (!found && !elsewhere) missing.push(`${path}: ${full}`);
        }
      }
    }
    expect(missing).toEqual([]);
  });

  it('write Chinese only where it is not a text of the screen', () => {
    const allowed = /i18n\/|format\/|settings\/snippets|session\/Gate|LanguageSwitch|localeOptions|test\/server|model\/sample/;
    const offending = Object.entries(sources)
      .filter(([path]) => !allowed.test(path))
      .flatMap(([path, source]) =>
        source
          .split('\n')
          .filter((line) => /\p{Script=Han}{2}/u.test(line.replace(/\/\/.*$|\/\*.*?\*\/|^\s*\*.*$|^\s*\/\*\*.*$/g, '').replaceAll('Beichen 北辰', '')))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(offending).toEqual([]);
  });
});
