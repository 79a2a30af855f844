// What has to hold of every screen, whatever is on it.
import assert from 'node:assert/strict';

/** Texts of a page that are keys of the message files: somebody forgot to write them. */
export async function translated(page, name) {
  const keys = await page.evaluate(() => {
    const isKey = (text) => /^[a-z]+(\.[a-zA-Z]+)+$/.test(text.trim()) && !text.trim().endsWith('.json'); // a file's name is none
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      // Code is what customers' systems sent, e.g. the name of a property.
      if (isKey(node.data) && node.parentElement?.closest('code, pre, script, style, dt') === null) found.add(node.data.trim());
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const attribute of ['aria-label', 'title', 'placeholder']) {
        const text = element.getAttribute(attribute);
        if (text !== null && isKey(text)) found.add(`${attribute}=${text}`);
      }
    }
    return [...found];
  });
  assert.deepEqual(keys, [], `${name}: keys instead of words`);
}

/** Nothing sticks out of the window sideways; tables and the like scroll inside a box of their own. */
export async function fits(page, name) {
  const wide = await page.evaluate(() => {
    const scrolls = (element) => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(element).overflowX);
    const inBox = (element) => {
      for (let box = element.parentElement; box !== null && box !== document.body; box = box.parentElement) {
        if (scrolls(box) && box.getBoundingClientRect().right <= innerWidth + 1) return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().right > innerWidth + 1 && !inBox(element))
      .map((element) => `<${element.localName} class="${element.getAttribute('class') ?? ''}"> to ${Math.round(element.getBoundingClientRect().right)} px`);
    // A row of filters may scroll by itself; what fills the screen only where it was meant to, and can be reached by keyboard.
    const boxes = [...document.body.querySelectorAll('*')]
      .filter((element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1)
      .filter((element) => element.clientHeight > innerHeight / 2 && element.tabIndex !== 0)
      .map((element) => `<${element.localName} class="${element.getAttribute('class') ?? ''}"> scrolls ${element.scrollWidth} px in ${element.clientWidth} px`);
    return [...out.slice(0, 5), ...boxes.slice(0, 5)];
  });
  assert.deepEqual(wide, [], `${name}: wider than the window`);
}

/** No text sticks out of the column, card or button that it stands in. */
export async function inside(page, name) {
  const outside = await page.evaluate(() => {
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      let box = node.parentElement;
      while (['inline', 'contents'].includes(getComputedStyle(box).display)) box = box.parentElement;
      if (node.data.trim() === '' || box.closest('svg, .visually-hidden') || getComputedStyle(box).overflowX !== 'visible') continue;
      const { left, right, width } = box.getBoundingClientRect();
      const text = document.createRange();
      text.selectNodeContents(node);
      const by = Math.max(...[...text.getClientRects()].map((line) => Math.max(line.right - right, left - line.left)));
      if (width > 0 && by > 1.5) found.add(`“${node.data.trim()}” by ${Math.round(by)} px`);
    }
    return [...found];
  });
  assert.deepEqual(outside, [], `${name}: sticks out`);
}

// Characters that a text in 简体中文 never holds; each is common on screens.
const traditionalOnly = /[個們來時為說與會對後發還開關無國學業務員數據資訊號碼檔儲寫讀選擇顯條進過這裡麼樣現實點線從間問題設應該總經結變動離單項鍵錯誤縮編輯復標準價計畫畫費達階轉換權產屬戶體證據驗測圖層級類別詞語讓請訪購買賣歡鐘]/u;

/** Runs of Han characters on a page, as a reader sees them. */
export async function hanTexts(page) {
  const text = await page.evaluate(() => document.body.innerText);
  return new Set(text.match(/\p{Script=Han}+/gu) ?? []);
}

/**
 * Texts of a 简体 screen with characters that only 繁體 has. What customers and
 * colleagues wrote themselves is not the screen's: the English screen shows it too.
 */
export function traditional(simplified, english) {
  const theirs = [...english].join('\n');
  return [...simplified].filter((text) => traditionalOnly.test(text) && !theirs.includes(text));
}
