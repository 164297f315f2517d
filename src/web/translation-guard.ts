import { type ComponentChild, type ComponentChildren, createElement, options, type VNode } from 'preact';

/**
 * Keeps the page up to date while the browser translates it. Translators replace text nodes by `<font>` elements, and
 * Preact would go on updating the detached nodes, so that the page showed stale numbers and labels. Therefore every
 * text gets an element keyed by the text: a new text is a new element, and translators leave elements in place.
 */

/** Elements that may contain only text, or that are SVG. */
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

/** Returns the children of an element with each text wrapped. */
function wrapped(children: ComponentChildren): ComponentChildren {
  if (isText(children)) return wrap(String(children), 0);
  if (!Array.isArray(children)) return children;
  const result: ComponentChildren[] = [];
  let text = '';
  // Adjacent texts share an element; in a flex container each would become an item.
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

/** Wraps the texts of all elements created from now on. */
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
