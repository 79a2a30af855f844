/** The one gold star. It is an ornament: whoever uses it names the thing beside it. */
export function Star({ className }: { className?: string }) {
  return (
    <svg className={className} viewBox="0 0 34 34" aria-hidden="true" focusable="false">
      <path d="M17 2l3.2 11.8L32 17l-11.8 3.2L17 32l-3.2-11.8L2 17l11.8-3.2z" fill="#e2b556" />
    </svg>
  );
}
