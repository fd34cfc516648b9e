// The line above the page that says what went wrong.

export function showBanner(text) {
  const banner = document.getElementById("banner");
  if (!banner) return;
  banner.textContent = text || "";
  banner.hidden = !text;
}
