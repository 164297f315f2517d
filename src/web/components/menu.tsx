import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

interface MenuProps {
  /** The button's accessible name. */
  readonly label: string;
  readonly class?: string;
  /** Closed menus render nothing. Items are `MenuItem` and `MenuCheck`. */
  readonly children: (close: () => void) => ComponentChildren;
}

/** Pixels between the menu, its button and the window's edges. */
const GAP = 6;

/**
 * A button that opens a menu (ARIA menu button pattern). The menu is a popover, so nothing clips it and the browser closes
 * it on Escape and on a click elsewhere.
 */
export function Menu({ label, children, ...rest }: MenuProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const close = () => {
    menu.current?.hidePopover?.();
    setOpen(false);
    button.current?.focus();
  };
  // At once: a key between the rendering and this would go to where the focus was before.
  useLayoutEffect(() => {
    const [element, anchor] = [menu.current, button.current];
    if (!open || element === null || anchor === null) return;
    // Browsers without popovers show the menu in place.
    element.showPopover?.();
    place(element, anchor);
    itemsOf(element)[0]?.focus();
    const onToggle = (event: Event) => {
      if ('newState' in event && event.newState === 'closed') setOpen(false);
    };
    const hide = () => element.hidePopover?.();
    element.addEventListener('toggle', onToggle);
    addEventListener('resize', hide);
    return () => {
      element.removeEventListener('toggle', onToggle);
      removeEventListener('resize', hide);
    };
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    // Neither the call's shortcuts nor the panel behind may see a key that the menu handles.
    event.stopPropagation();
    if (menu.current === null) return;
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
    } else moveFocus(event, itemsOf(menu.current));
  };
  return (
    <div class={`menu-place ${rest.class ?? ''}`}>
      <button
        ref={button}
        type="button"
        class="round"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        <Icon name="more" />
        <span class="visually-hidden">{label}</span>
      </button>
      {open && (
        <div
          ref={menu}
          id={id}
          class="popup"
          popover="auto"
          role="menu"
          aria-label={label}
          onKeyDown={onKeyDown}
        >
          {children(close)}
        </div>
      )}
    </div>
  );
}

interface MenuItemProps {
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

export function MenuItem({ icon, danger = false, onClick, children }: MenuItemProps) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} class={danger ? 'danger' : ''} onClick={onClick}>
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

interface MenuCheckProps {
  readonly checked: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

/** An item that is on or off. The menu stays open, so that several can be changed. */
export function MenuCheck({ checked, onClick, children }: MenuCheckProps) {
  return (
    <button type="button" role="menuitemcheckbox" aria-checked={checked} tabIndex={-1} onClick={onClick}>
      <span class="tick">{checked && <Icon name="check" />}</span>
      <span>{children}</span>
    </button>
  );
}

/** Items of one subject, under its name. */
export function MenuGroup({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <fieldset class="menu-group">
      <legend>{label}</legend>
      {children}
    </fieldset>
  );
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}

function moveFocus(event: KeyboardEvent, items: readonly HTMLElement[]): void {
  const at = items.findIndex((item) => item.matches(':focus'));
  const next = {
    ArrowDown: items[(at + 1) % items.length],
    ArrowUp: items.at(at - 1) ?? items.at(-1),
    Home: items[0],
    End: items.at(-1),
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/**
 * Puts the menu below its button, or above if there is more room. If it fits in neither place, as on a phone in landscape,
 * it goes beside the button and may be as high as the window.
 */
function place(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = innerHeight - at.bottom - 2 * GAP;
  const above = at.top - 2 * GAP;
  const goesAbove = height > below && above > below;
  const fits = height <= Math.max(below, above);
  const most = innerHeight - 2 * GAP;
  const top = fits
    ? goesAbove
      ? at.top - GAP - height
      : at.bottom + GAP
    : Math.max(GAP, Math.min(at.top, innerHeight - GAP - height));
  const beside = at.left - GAP >= width + GAP ? at.left - GAP - width : at.right + GAP;
  const left = Math.max(GAP, Math.min(fits ? at.right - width : beside, innerWidth - width - GAP));
  Object.assign(menu.style, { top: `${top}px`, left: `${left}px`, maxHeight: `${most}px` });
}
