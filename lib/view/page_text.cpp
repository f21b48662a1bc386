// Plain CSS and JavaScript, as browsers of the last years read it. Scripts
// build no HTML from names: they read attributes and set text.
#include "view/page_text.h"

#include <string>

namespace imsearch {

std::string_view page_style() {
  return R"(
:root{--paper:#fff;--ground:#f3f4f6;--text:#14181f;--faint:#5c6470;
--line:#d6dae0;--mark:#2563af;--warn:#a33a00}
@media(prefers-color-scheme:dark){:root{--paper:#15181d;--ground:#20242b;
--text:#e6e9ee;--faint:#9aa3b0;--line:#383e48;--mark:#7db4ff;--warn:#ffab7a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);
font:15px/1.4 system-ui,"DejaVu Sans",sans-serif}
header,main,footer{padding:12px 20px;max-width:1500px;margin:auto}
h1{font-size:21px;margin:4px 0}h2{font-size:16px;margin:0 0 8px}
h1,h2,.name{overflow-wrap:anywhere;unicode-bidi:isolate}
.keys,small{color:var(--faint);font-size:13px}
kbd{border:1px solid var(--line);border-radius:4px;padding:0 5px}
section{border-top:1px solid var(--line);padding:14px 0;outline:none;
content-visibility:auto;contain-intrinsic-size:auto 340px}
section:focus{box-shadow:-4px 0 0 var(--mark)}
.row{display:grid;gap:14px;
grid-template-columns:repeat(auto-fill,minmax(min(170px,45%),1fr))}
figure{margin:0;min-width:0}
.picture{display:flex;align-items:center;justify-content:center;
aspect-ratio:1;background:var(--ground);border-radius:6px;overflow:hidden}
.picture:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.picture img{max-width:100%;max-height:100%;width:auto;height:auto}
.asked .picture,.kept .picture{outline:3px solid var(--mark);
outline-offset:-3px}
.none{color:var(--faint)}
figcaption{padding:5px 2px}
figcaption .name,figcaption small{display:block}
.fact{white-space:nowrap}
.differs{color:var(--warn);font-weight:600}
.given .picture img{opacity:.45}
label{cursor:pointer;display:inline-flex;gap:6px;align-items:center;
padding:3px 0;font-weight:600}
input{width:18px;height:18px;accent-color:var(--mark)}
footer{position:sticky;bottom:0;background:var(--paper);
border-top:2px solid var(--line);display:flex;flex-wrap:wrap;gap:10px;
align-items:center}
footer output{flex:1 1 240px}
button{font:inherit;padding:7px 13px;border:1px solid var(--line);
border-radius:6px;background:var(--ground);color:inherit;cursor:pointer}
button:disabled{opacity:.5;cursor:default}
.warn{color:var(--warn)}
@media(max-width:600px){header,main,footer{padding:10px 12px}
.row{gap:9px}.keys{display:none}footer output{flex-basis:100%}
section{contain-intrinsic-size:auto 560px}}
@media print{footer,.keys{display:none}section{content-visibility:visible}}
)";
}

namespace {

// Keys are left alone where they belong to the browser or to a field.
constexpr const char* kMoveScript = R"(
const sections=[...document.querySelectorAll('section')];
let at=-1;
function go(to){
at=Math.max(0,Math.min(sections.length-1,to));
const s=sections[at];
if(!s)return;
s.focus({preventScroll:true});s.scrollIntoView({block:'start'});}
function here(){
const s=document.activeElement&&document.activeElement.closest('section');
if(s)at=sections.indexOf(s);
return at;}
function step(by){
const s=sections[here()];if(!s)return go(0);
const all=[...s.querySelectorAll('.picture')];
const i=all.indexOf(document.activeElement);
const next=all[i<0?(by>0?0:all.length-1):i+by];
if(next)next.focus();}
addEventListener('keydown',e=>{
if(e.ctrlKey||e.metaKey||e.altKey)return;
if(e.key==='j')go(here()+1);
else if(e.key==='k')go(here()-1);
else if(e.key==='ArrowRight')step(1);
else if(e.key==='ArrowLeft')step(-1);
else return;
e.preventDefault();});
)";

// Paths are bytes, of which each attribute data-path has some as %XX. A script
// for the shell puts them between single quotes.
constexpr const char* kChooseScript = R"(
const boxes=[...document.querySelectorAll('input.keep')];
const figure=box=>box.closest('figure');
function bytesOf(path){
const out=[];
for(let i=0;i<path.length;i++){
if(path[i]==='%'){out.push(parseInt(path.substr(i+1,2),16));i+=2;}
else out.push(path.charCodeAt(i));}
return out;}
function rest(){return boxes.filter(b=>!b.checked).map(figure);}
function human(n){
const units=['bytes','kB','MB','GB','TB'];let u=0;
while(n>=1000&&u<4){n/=1000;u++;}
return (u?n.toPrecision(3):n)+' '+units[u];}
const output=document.querySelector('output');
const buttons=[...document.querySelectorAll('footer button')];
function count(){
const given=rest();
const bytes=given.reduce((sum,f)=>sum+Number(f.dataset.bytes),0);
const bare=sections.filter(s=>!s.querySelector('input.keep:checked')).length;
output.textContent=given.length+(given.length===1?' picture':' pictures')+
' to give up, '+human(bytes);
if(bare){const w=document.createElement('b');w.className='warn';
w.textContent='; of '+bare+(bare===1?' group':' groups')+' nothing is kept';
output.append(w);}
buttons.forEach(b=>b.disabled=!given.length);}
function mark(box){
figure(box).classList.toggle('kept',box.checked);
figure(box).classList.toggle('given',!box.checked);}
document.addEventListener('change',e=>{
if(e.target.matches('input.keep')){mark(e.target);count();}});
function listed(end){
const out=[];
for(const f of rest()){for(const b of bytesOf(f.dataset.path))out.push(b);
out.push(end);}
return new Uint8Array(out);}
function shell(){
const out=[];
const text=t=>{for(const b of new TextEncoder().encode(t))out.push(b);};
text('#!/bin/sh\n# Moves the pictures that were not kept into a folder, where '+
'each has its old path.\n# usage: sh duplicates.sh [FOLDER]\nset -eu\n'+
'to=${1:-duplicates}\nmove() {\n  mkdir -p -- "$to${1%/*}"\n'+
'  mv -n -- "$1" "$to$1"\n}\n');
for(const f of rest()){
text("move '");
for(const b of bytesOf(f.dataset.path))
if(b===39)text("'\\''");else out.push(b);
text("'\n");}
return new Uint8Array(out);}
function save(name,bytes){
const a=document.createElement('a');
a.href=URL.createObjectURL(new Blob([bytes],
{type:'application/octet-stream'}));
a.download=name;a.click();
setTimeout(()=>URL.revokeObjectURL(a.href),60000);}
async function copy(){
const text=new TextDecoder().decode(listed(10));
try{await navigator.clipboard.writeText(text);}
catch(e){
const area=document.createElement('textarea');
area.value=text;document.body.append(area);area.select();
document.execCommand('copy');area.remove();}
output.textContent='Copied.';setTimeout(count,1500);}
const act={copy:copy,list:()=>save('duplicates.list',listed(0)),
script:()=>save('duplicates.sh',shell())};
buttons.forEach(b=>b.addEventListener('click',()=>act[b.id]()));
addEventListener('keydown',e=>{
if(e.ctrlKey||e.metaKey||e.altKey||!/^[1-9]$/.test(e.key))return;
const s=sections[here()];
const box=s&&s.querySelectorAll('input.keep')[Number(e.key)-1];
if(box){box.checked=!box.checked;mark(box);count();}});
count();
)";

}  // namespace

std::string_view answers_script() {
  return kMoveScript;
}

std::string_view duplicates_script() {
  static const std::string script = std::string(kMoveScript) + kChooseScript;
  return script;
}

}  // namespace imsearch
