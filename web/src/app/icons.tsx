export type AreaName = 'cockpit' | 'journeys' | 'metrics' | 'customers' | 'ledger' | 'quarantine' | 'settings';

const drawings: Record<AreaName, React.ReactNode> = {
  cockpit: (
    <>
      <path d="M3.6 14.4a7.5 7.5 0 1110.8 0" />
      <path d="M9 9.5l3.2-3.7" />
      <circle cx="9" cy="10" r="1.4" />
    </>
  ),
  journeys: (
    <>
      <path d="M1 13c4 0 3-8 8-8s4 8 8 8" />
      <circle cx="9" cy="5" r="1.6" />
    </>
  ),
  metrics: (
    <>
      <path d="M9 1.8l1.9 4 4.3.5-3.2 3 .9 4.4L9 11.5l-3.9 2.2.9-4.4-3.2-3 4.3-.5z" />
      <path d="M4 16.5h10" />
    </>
  ),
  customers: (
    <>
      <circle cx="7" cy="6" r="3" />
      <path d="M1.5 16c0-3.4 2.3-5.5 5.5-5.5s5.5 2.1 5.5 5.5M12 3.4a3 3 0 010 5.2M14 11c1.6.8 2.5 2.5 2.5 5" />
    </>
  ),
  ledger: (
    <>
      <path d="M3 2h9a3 3 0 013 3v11H6a3 3 0 01-3-3z" />
      <path d="M3 13a3 3 0 013-3h9" />
    </>
  ),
  quarantine: (
    <>
      <path d="M9 1.8l6 2.2v4.6c0 3.6-2.4 6.3-6 7.6-3.6-1.3-6-4-6-7.6V4z" />
      <path d="M9 5.6v4M9 12v.4" />
    </>
  ),
  settings: (
    <>
      <path d="M2 5h7M13 5h3M2 13h3M9 13h7" />
      <circle cx="11" cy="5" r="2" />
      <circle cx="7" cy="13" r="2" />
    </>
  ),
};

export function AreaIcon({ name }: { name: AreaName }) {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" aria-hidden="true" focusable="false">
      {drawings[name]}
    </svg>
  );
}
