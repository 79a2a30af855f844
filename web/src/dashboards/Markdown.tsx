// Text that people write in Markdown. Nothing in it runs: HTML is shown as it is
// written, and what is left is cleaned once more. A chunk of its own.
import type { ComponentProps } from 'react';
import Markdown from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';

export default function Text({ children }: { children: string }) {
  return (
    <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={{ a: Outward, img: Named }}>
      {children}
    </Markdown>
  );
}

/** A link may lead out of the company: the other side is not told where one came from. */
function Outward({ href, title, children }: ComponentProps<'a'>) {
  return (
    <a href={href} title={title} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

/** Pictures of other servers would tell these who looks, and the page's policy forbids them anyway. */
function Named({ alt }: ComponentProps<'img'>) {
  return <em>{alt}</em>;
}
