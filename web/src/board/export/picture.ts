// The board as a PNG: its own HTML and styles inside an SVG, drawn on a canvas.
// Nothing is fetched and nothing leaves the browser.

const scale = 2;

/** What stands above the picture: its name, and what its numbers are true of. */
export interface Caption {
  title: string;
  note: string;
}

const captionHeight = 58;

/** A picture of an element as wide and high as all that scrolls in it. */
export async function pictureOf(element: HTMLElement, background: string, caption: Caption): Promise<Blob> {
  const width = Math.max(element.scrollWidth, ...[...element.children].map((child) => child.scrollWidth + 44));
  const height = element.scrollHeight + captionHeight;
  const image = await load(svgOf(element, width, height, background, caption));
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas');
  pen.scale(scale, scale);
  pen.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'));
}

function svgOf(element: HTMLElement, width: number, height: number, background: string, caption: Caption): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const button of copy.querySelectorAll('[data-not-printed]')) button.remove();
  const root = document.documentElement;
  const outer = document.createElement('div');
  for (const { name, value } of root.attributes) if (name.startsWith('data-') || name === 'lang') outer.setAttribute(name, value);
  outer.setAttribute('xmlns', 'http://www.w3.org/1999/xhtml');
  const style = document.createElement('style');
  style.textContent = `${rules()} .picture{width:${width}px;height:${height}px;background:${background};overflow:hidden} .picture *{animation:none!important;transition:none!important} .picture>*{overflow:visible!important;height:auto!important}`;
  copy.style.width = `${width}px`;
  outer.className = 'picture';
  // Custom properties hang on :root, which inside the picture is the svg itself.
  outer.style.cssText = variables();
  const [title, note] = [document.createElement('b'), document.createElement('div')];
  title.textContent = caption.title;
  title.style.fontSize = '17px';
  note.textContent = caption.note;
  note.style.color = 'var(--muted)';
  const head = document.createElement('div');
  head.style.cssText = `height:${captionHeight}px;padding:12px 22px 0;box-sizing:border-box`;
  head.append(title, note);
  outer.append(style, head, copy);
  const html = new XMLSerializer().serializeToString(outer);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${html}</foreignObject></svg>`;
}

function rules(): string {
  return [...document.styleSheets]
    .flatMap((sheet) => {
      try {
        return [...sheet.cssRules].map((rule) => rule.cssText);
      } catch {
        return []; // a sheet of another origin, such as an extension's
      }
    })
    .join('\n');
}

function variables(): string {
  const computed = getComputedStyle(document.documentElement);
  const names = new Set<string>();
  for (const name of computed) if (name.startsWith('--')) names.add(name);
  const body = getComputedStyle(document.body);
  return [`font:${body.font}`, `color:${body.color}`, 'font-variant-numeric:tabular-nums', ...[...names].map((name) => `${name}:${computed.getPropertyValue(name)}`)].join(';');
}

function load(svg: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener('load', () => resolve(image));
    image.addEventListener('error', () => reject(new Error('the picture could not be drawn')));
    // Not a blob: URL: browsers would forbid reading the canvas afterwards.
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}
