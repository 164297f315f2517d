import { dirname, join } from 'node:path/posix';
import { Marked, type Tokens } from 'marked';
import { addressOf, CHAPTERS } from './handbook.ts';
import { escapeHtml } from './layout.ts';

/**
 * Returns a README as HTML. Links to other READMEs lead to their pages. A file that has no page is named, without a link.
 * @param file its path, from the top of the project
 */
export function renderMarkdown(markdown: string, file: string): string {
  const slugs = new Slugs();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        const id = slugs.next(text);
        return `<h${depth} id="${id}"><a href="#${id}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const text = this.parser.parseInline(tokens);
        const target = resolveLink(href, file);
        return target === undefined ? text : `<a href="${escapeHtml(target)}">${text}</a>`;
      },
      // Pictures are in the repository, not in the build.
      image: () => '',
      // No README has HTML of its own.
      html({ text }: Tokens.HTML | Tokens.Tag): string {
        return text.startsWith('<!--') ? '' : escapeHtml(text);
      },
      code({ text }: Tokens.Code): string {
        // A screen reader's and keyboard's way to scroll a wide example.
        return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
    },
  });
  return wrapTables(marked.parse(markdown, { async: false }));
}

/** Tables are wider than a phone: each scrolls by itself. An empty cell is no header. */
function wrapTables(html: string): string {
  return html
    .replaceAll('<table>', '<div class="table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')
    .replace(/<th(?: align="\w+")?><\/th>/g, '<td></td>');
}

/** Returns where a link of a README leads on this server; undefined if the target has no page. */
function resolveLink(href: string, file: string): string | undefined {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href;
  const [path = '', fragment] = href.split('#');
  const target = join(dirname(file), path);
  const chapter = CHAPTERS.find((one) => one.file === target || dirname(one.file) === target);
  if (chapter === undefined) return undefined;
  return addressOf(chapter) + (fragment === undefined ? '' : `#${fragment}`);
}

/** Ids of headings, as code hosts make them: links in READMEs name them. */
class Slugs {
  readonly #counts = new Map<string, number>();

  next(text: string): string {
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const count = this.#counts.get(slug) ?? 0;
    this.#counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  }
}
