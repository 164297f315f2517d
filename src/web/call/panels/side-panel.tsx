import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../components/icon.tsx';
import { type Messages, useMessages } from '../../i18n/messages.ts';

/** The tabs of the side panel, in the order in which they are shown. */
export const SIDE_TABS = ['people', 'chat'] as const;
export type SideTab = (typeof SIDE_TABS)[number];

interface SidePanelProps {
  readonly tab: SideTab;
  /** Number of unread messages, shown on the chat's tab. */
  readonly unread: number;
  readonly onTab: (tab: SideTab) => void;
  readonly onClose: () => void;
  /** The shown tab's content. */
  readonly children: ComponentChildren;
}

/** The panel of people and chat: a column beside the call, and on a phone a sheet over it. */
export function SidePanel({ tab, unread, onTab, onClose, children }: SidePanelProps) {
  const t = useMessages();
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  useFocusRestored(panel);
  useFocusKept(panel);
  const moveFocus = (event: KeyboardEvent) => {
    const to = tabFor(event.key, tab);
    if (to === undefined) return;
    event.preventDefault();
    onTab(to);
    document.getElementById(`${id}-${to}`)?.focus();
  };
  return (
    <aside
      ref={panel}
      class="side-panel"
      aria-label={t.talk.panel}
      onKeyDown={(event) => {
        // A menu or an edit inside handles its own Escape first.
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <div class="side-head">
        <div class="tabs" role="tablist" aria-label={t.talk.panel} onKeyDown={moveFocus}>
          {SIDE_TABS.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-${name}`}
              aria-selected={name === tab}
              aria-controls={`${id}-panel`}
              tabIndex={name === tab ? 0 : -1}
              onClick={() => onTab(name)}
            >
              {tabName(name, t)}
              {name === 'chat' && unread > 0 && <Unread count={unread} />}
            </button>
          ))}
        </div>
        <button type="button" class="round" onClick={onClose}>
          <Icon name="close" />
          <span class="visually-hidden">{t.talk.closePanel}</span>
        </button>
      </div>
      <div class="side-body" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`}>
        {children}
      </div>
    </aside>
  );
}

/** Greatest number that a badge shows. */
const MOST_COUNTED = 99;

/** The number of unread messages, as a badge. */
export function Unread({ count }: { readonly count: number }) {
  const t = useMessages();
  return (
    <span class="unread">
      <span aria-hidden="true">{count > MOST_COUNTED ? `${MOST_COUNTED}+` : count}</span>
      <span class="visually-hidden">, {t.talk.unread(count)}</span>
    </span>
  );
}

/** Returns the focus to what had it when the panel opened, unless it has moved on to something outside. */
function useFocusRestored(panel: { readonly current: HTMLElement | null }): void {
  // A layout effect, because the content moves the focus in an effect.
  useLayoutEffect(() => {
    const element = panel.current;
    const before = document.activeElement;
    // Behind a sheet nothing keeps the focus. The chat moves it on to its message field.
    element?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    return () => {
      const now = document.activeElement;
      const isLost = now === null || now === document.body || element?.contains(now) === true;
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
}

/**
 * Moves the focus to the selected tab if the element that had it goes, such as a button of somebody who was just let in.
 * Without it Escape and Tab would start from the page.
 */
function useFocusKept(panel: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const element = panel.current;
    if (element === null) return;
    let last: Element | null = null;
    const remember = () => {
      last = document.activeElement;
    };
    const observer = new MutationObserver(() => {
      if (last?.isConnected !== false || document.activeElement !== document.body) return;
      element.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    });
    element.addEventListener('focusin', remember);
    observer.observe(element, { childList: true, subtree: true });
    return () => {
      element.removeEventListener('focusin', remember);
      observer.disconnect();
    };
  }, []);
}

function tabFor(key: string, tab: SideTab): SideTab | undefined {
  const at = SIDE_TABS.indexOf(tab);
  if (key === 'ArrowRight') return SIDE_TABS[(at + 1) % SIDE_TABS.length];
  if (key === 'ArrowLeft') return SIDE_TABS.at(at - 1);
  if (key === 'Home') return SIDE_TABS[0];
  return key === 'End' ? SIDE_TABS.at(-1) : undefined;
}

function tabName(tab: SideTab, t: Messages): string {
  return tab === 'people' ? t.talk.people : t.talk.chat;
}
