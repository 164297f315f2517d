import { type ComponentChild, type ComponentChildren, createElement, options, type VNode } from 'preact';

/**
 * Keeps the page right while the browser translates it. Translators put `<font>` elements in the place of text nodes;
 * Preact would go on to write into the nodes that are gone, and the page would show old numbers and labels for ever.
 * So every text gets an element of its own that is keyed by the text: another text is another element, and elements
 * are left in their places.
 */

/** In these a text can't be wrapped: they hold text alone, or are not HTML. */
const BARE: ReadonlySet<string> = new Set([
  'option',
  'title',
  'textarea',
  'style',
  'script',
  'text',
  'tspan',
]);

let wrapping = false;

/** @returns what is put in the place of these children of an element */
function wrapped(children: ComponentChildren): ComponentChildren {
  if (isText(children)) return wrap(String(children), 0);
  if (!Array.isArray(children)) return children;
  const result: ComponentChildren[] = [];
  let text = '';
  // Neighbours become one element: in a flex box each would be an item of its own.
  const flush = (index: number) => {
    if (text !== '') result.push(wrap(text, index));
    text = '';
  };
  for (const [index, child] of children.entries()) {
    if (isText(child)) text += String(child);
    else {
      flush(index);
      result.push(child);
    }
  }
  flush(children.length);
  return result;
}

function isText(child: unknown): child is string | number {
  return typeof child === 'number' || (typeof child === 'string' && child !== '');
}

function wrap(text: string, index: number): ComponentChild {
  wrapping = true;
  try {
    return createElement('span', { key: `${index}:${text}` }, text);
  } finally {
    wrapping = false;
  }
}

/** Begins to wrap the texts of all elements that are made from now on. */
export function guardTranslatedTexts(): void {
  const before = options.vnode;
  options.vnode = (vnode: VNode<{ children?: ComponentChildren }>) => {
    const { type, props } = vnode;
    if (!wrapping && typeof type === 'string' && !BARE.has(type)) {
      const { children } = props;
      if (children !== undefined) props.children = wrapped(children);
    }
    before?.(vnode);
  };
}
