import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';

/** The logo, a speech bubble in two halves. Links home, unless a site shows one call in a frame. */
export function Logo({ onClick }: { onClick?: (() => void) | undefined }) {
  const { onlyCall } = usePage();
  return onlyCall ? (
    <span class="logo">
      <Mark />
    </span>
  ) : (
    <HomeLink onClick={onClick} />
  );
}

function HomeLink({ onClick }: { onClick: (() => void) | undefined }) {
  const handleClick = (event: MouseEvent) => {
    if (onClick === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onClick();
  };
  return (
    <a class="logo" href="/" onClick={handleClick}>
      <Mark />
    </a>
  );
}

function Mark() {
  const t = useMessages();
  return (
    <>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path
          class="mark-a"
          d="M14.7 3.5v21.8h-1.2a11 11 0 0 1-2.8-.4l-5 3c-.8.5-1.7-.3-1.4-1.1l1.2-4.2a10.9 10.9 0 0 1 8-19.1z"
        />
        <path
          class="mark-b"
          d="M17.3 3.5v21.8h1.2a11 11 0 0 0 2.8-.4l5 3c.8.5 1.7-.3 1.4-1.1l-1.2-4.2a10.9 10.9 0 0 0-8-19.1z"
        />
      </svg>
      {t.product}
    </>
  );
}
