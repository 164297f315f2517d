import { useMessages } from '../i18n/messages.ts';

/** Two halves of one speech bubble, face to face. */
export function Logo({ onClick }: { onClick?: (() => void) | undefined }) {
  const t = useMessages();
  const follow = (event: MouseEvent) => {
    if (onClick === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onClick();
  };
  return (
    <a class="logo" href="/" onClick={follow}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path class="mark-a" d="M14.7 4H13A10 10 0 0 0 3 14v13.2c0 .9 1 1.3 1.7.8L9.4 24h5.3z" />
        <path class="mark-b" d="M17.3 4H19a10 10 0 0 1 10 10v13.2c0 .9-1 1.3-1.7.8L22.6 24h-5.3z" />
      </svg>
      {t.product}
    </a>
  );
}
