import { Icon, type IconName } from './icon.tsx';

interface ControlProps {
  readonly icon: IconName;
  /** Its name, seen as a tip beside it. */
  readonly label: string;
  readonly onClick: () => void;
  /** The key that does the same. */
  readonly cap?: string;
  /** Something that would be heard or seen is off. */
  readonly off?: boolean;
  readonly active?: boolean;
  readonly tone?: 'plain' | 'leave' | 'toggle';
  /** It mutes and unmutes: Space on it talks while muted. */
  readonly mutes?: boolean;
  /** For a button that shows and hides others. */
  readonly expanded?: boolean;
}

/** A round button of the call, named by a tip. */
export function Control({ icon, label, onClick, tone = 'plain', ...rest }: ControlProps) {
  const { cap, off, active, mutes, expanded } = rest;
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
    </button>
  );
}
