export default function BoardPage({ id }: { id: string }) { return <p>{id}</p>; }
