/** Path data on a 24×24 grid; the class `icon` sets the stroke. */
const PATHS = {
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3',
  micOff:
    'M15 9.5V6a3 3 0 0 0-5.6-1.5M9 9v2a3 3 0 0 0 4.6 2.5M5 11a7 7 0 0 0 11 5.7M19 11a7 7 0 0 1-.6 2.8M12 18v3M4 4l16 16',
  camera:
    'M5.5 6h7A2.5 2.5 0 0 1 15 8.5v7a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 3 15.5v-7A2.5 2.5 0 0 1 5.5 6zM15 10.7l6-3.2v9l-6-3.2',
  cameraOff:
    'M10.5 6h2A2.5 2.5 0 0 1 15 8.5v2.2l6-3.2v9l-3-1.6M15 15.5a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 3 15.5v-7A2.5 2.5 0 0 1 5.5 6M4 4l16 16',
  screen:
    'M5 4h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 20h8M12 12.8V7.5M9.5 9.8 12 7.3l2.5 2.5',
  screenOff:
    'M5 4h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 20h8M9.8 7.8l4.4 4.4M14.2 7.8l-4.4 4.4',
  devices:
    'M4 7h8.5M17.5 7H20M4 17h2.5M11.5 17H20M15 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM9 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  link: 'M10 13.5a4 4 0 0 0 5.8.4l3-3a4 4 0 0 0-5.7-5.7l-1.4 1.4M14 10.5a4 4 0 0 0-5.8-.4l-3 3a4 4 0 0 0 5.7 5.7l1.4-1.4',
  check: 'M5 12.8l4.6 4.6L19.5 7',
  pulse: 'M3 12h4l2.6-6.5 4.2 13L16.4 12H21',
  keyboard:
    'M5 6h14a2.5 2.5 0 0 1 2.5 2.5v7A2.5 2.5 0 0 1 19 18H5a2.5 2.5 0 0 1-2.5-2.5v-7A2.5 2.5 0 0 1 5 6zM6.5 10h.01M10.2 10h.01M13.8 10h.01M17.5 10h.01M8 14h8',
  leave:
    'M3.5 14.6c0-2.3 3.7-4.4 8.5-4.4s8.5 2.1 8.5 4.4v.9a1.4 1.4 0 0 1-1.7 1.4l-2.6-.6a1.4 1.4 0 0 1-1.1-1.3v-1.3a13 13 0 0 0-6.2 0V15a1.4 1.4 0 0 1-1.1 1.3l-2.6.6a1.4 1.4 0 0 1-1.7-1.4z',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  chevron: 'M6 9.5l6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  alert: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.8v5M12 16.3h.01',
  lock: 'M7.5 11h9a2.5 2.5 0 0 1 2.5 2.5v4a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 5 17.5v-4A2.5 2.5 0 0 1 7.5 11zM8 11V8a4 4 0 0 1 8 0v3',
  volume: 'M4 9.5v5h3.4l4.6 4v-13l-4.6 4zM15.5 9a4.4 4.4 0 0 1 0 6M18.2 6.5a8 8 0 0 1 0 11',
  people:
    'M9 5a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 0 0 9 5zM3 19c.4-3.2 2.8-5 6-5s5.6 1.8 6 5M15.5 5.3a3.2 3.2 0 0 1 0 5.8M17.5 14.4c2 .6 3.2 2.2 3.5 4.6',
  flip: 'M4 9a8 8 0 0 1 14-2.5L20 9M20 4.5V9h-4.5M20 15a8 8 0 0 1-14 2.5L4 15M4 19.5V15h4.5',
  expand: 'M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5',
  shrink: 'M4 9h5V4M20 9h-5V4M4 15h5v5M20 15h-5v5',
  arrow: 'M5 12h14M13 6l6 6-6 6',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon, hidden from screen readers: the text beside it, or hidden in its button, carries the meaning. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" data-icon={name}>
      <path d={PATHS[name]} />
    </svg>
  );
}
