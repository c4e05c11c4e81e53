/* What the phone and its inbox share: the page's parts, the number that calls, the requests and their log. */

import { say } from "./words.js";

export const $ = (id) => document.getElementById(id);
export const conf = document.body.dataset;
export const NETWORK = "99999";
export const COST = "XOF 0.00";
const SLOW_MS = 3000;

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));
export const slowly = () => ($("slow").checked ? wait(SLOW_MS) : null);

/* crypto.randomUUID() is missing where the page is opened over plain HTTP from another machine. */
export function hex(digits) {
  const bytes = crypto.getRandomValues(new Uint8Array(digits / 2));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const uuid = () => hex(32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
export const now = () => new Date().toISOString().slice(0, 19).replace("T", " ");

export function node(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export async function post(url, body, keepalive = false) {
  const start = performance.now();
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const answer = { status: 0, ok: false, bytes: new Uint8Array(), text: "" }; // what a dead network leaves us with
  try {
    const reply = await fetch(url, { method: "POST", headers, body, keepalive });
    const bytes = new Uint8Array(await reply.arrayBuffer());
    Object.assign(answer, { status: reply.status, ok: reply.ok, bytes, text: new TextDecoder().decode(bytes) });
  } catch { /* status 0 says it */ }
  return { ...answer, ms: performance.now() - start };
}

/* The number that calls, or "" while the one typed is not complete. */
export function number() {
  const chosen = $("caller").value;
  const typed = chosen === "other" ? $("other").value.replace(/[\s().-]/g, "").replace(/^00/, "+") : chosen;
  return /^\+[1-9]\d{6,14}$/.test(typed) ? typed : "";
}

export function log(label, what, answer, input) {
  const row = node("li", "", "");
  const line = node("div", "line", "");
  const kind = /^(CON|Success)$/.test(what) ? "good" : /^(END|Incomplete)$/.test(what) ? "last" : "bad";
  const ms = `${Math.round(answer.ms)} ms`;
  const clear = `→ ${input || say("empty")}\n← ${answer.text || `HTTP ${answer.status}`}`;
  line.append(node("span", "label", label), node("span", `tag ${kind}`, what), node("span", "ms", ms));
  row.append(line, node("pre", "clear-text", clear));
  $("log").append(row);
  $("log").scrollTop = $("log").scrollHeight;
  $("no-log").hidden = true;
}
