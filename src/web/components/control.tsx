import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface ControlProps {
  readonly icon: IconName;
  /** Its accessible name, shown as a tooltip. */
  readonly label: string;
  readonly onClick: () => void;
  /** The key of its shortcut. */
  readonly cap?: string;
  /** Shows that a device is off. */
  readonly off?: boolean;
  readonly active?: boolean;
  readonly tone?: 'plain' | 'leave' | 'toggle';
  /** Marks the mute button: Space on it is push-to-talk while muted. */
  readonly mutes?: boolean;
  /** For a button that opens a menu: whether the menu is open. */
  readonly expanded?: boolean;
  /** A badge on the icon. */
  readonly children?: ComponentChildren;
}

/** A round button with a tooltip, as in the call's toolbar. */
export function Control({ icon, label, onClick, tone = 'plain', ...rest }: ControlProps) {
  const { cap, off, active, mutes, expanded, children } = rest;
  return (
    <button
      type="button"
      class={`control ${tone}`}
      data-off={off}
      data-active={active}
      data-mutes={mutes}
      aria-expanded={expanded}
      aria-keyshortcuts={cap}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span class="tip">
        {label}
        {cap !== undefined && (
          <span class="cap" aria-hidden="true">
            {cap}
          </span>
        )}
      </span>
      {children}
    </button>
  );
}
