import { addressOf, HANDBOOK, REFERENCE } from './handbook.ts';

interface Page {
  readonly slug: string;
  readonly title: string;
  /** HTML of its content, with a heading of the first level. */
  readonly body: string;
}

/** Returns a whole page of `/docs`: static HTML without a script. */
export function layout({ slug, title, body }: Page): string {
  const fullTitle = slug === '' ? 'Parley: handbook' : `${title} · Parley`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(fullTitle)}</title>
<link rel="icon" href="/assets/icon-192.png">
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="home" href="/docs">Parley</a>
<details class="menu">
<summary>Contents</summary>
${contents(slug, 'Contents')}
</details>
</header>
<div class="columns">
${contents(slug, 'Handbook', 'side')}
<main id="content">
${body}
</main>
</div>
</body>
</html>
`;
}

function contents(current: string, label: string, className = ''): string {
  const parts = [...HANDBOOK, { title: REFERENCE.title, chapters: [REFERENCE.api, REFERENCE.events] }].map(
    ({ title, chapters }) => {
      const items = chapters.map((chapter) => {
        const here = chapter.slug === current ? ' aria-current="page"' : '';
        return `<li><a href="${addressOf(chapter)}"${here}>${escapeHtml(chapter.title)}</a></li>`;
      });
      return `<p>${escapeHtml(title)}</p>\n<ul>\n${items.join('\n')}\n</ul>`;
    },
  );
  const attributes = className === '' ? '' : ` class="${className}"`;
  return `<nav${attributes} aria-label="${label}">\n${parts.join('\n')}\n</nav>`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
