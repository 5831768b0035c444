// Part of development builds only: loads the page anew when a file that it names has changed.

let shown;

setInterval(async () => {
  const answer = await fetch("/", { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const names = [...(await answer.text()).matchAll(/\/assets\/[^"]+/g)].join();
  if (shown && names !== shown) location.reload();
  shown = names;
}, 1000);
