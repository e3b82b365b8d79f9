extension HTMLReport {
    /// Filter, search, and links to a check that a filter hides. Without it everything is there to be read.
    static let script = """
        (function(){
        "use strict";
        var form=document.getElementById("filter");
        if(!form){return;}
        var rows=Array.prototype.slice.call(document.getElementById("rows").rows);
        var query=document.getElementById("query"),priority=document.getElementById("priority");
        var shown=document.getElementById("shown");
        var boxes=Array.prototype.slice.call(form.querySelectorAll("input[name=status]"));
        var texts=null,timer=0;
        function apply(){
        var words=query.value.toLowerCase().split(/\\s+/).filter(Boolean);
        var wanted={};
        boxes.forEach(function(box){wanted[box.value]=box.checked;});
        if(words.length&&!texts){texts=rows.map(function(row){return row.textContent.toLowerCase();});}
        var count=0;
        rows.forEach(function(row,place){
        var fits=wanted[row.dataset.s]&&(!priority.value||row.dataset.p===priority.value)
        &&words.every(function(word){return texts[place].indexOf(word)>=0;});
        if(row.hidden===fits){row.hidden=!fits;}
        if(fits){count+=1;}
        });
        shown.textContent=count+" of "+rows.length+" checks";
        }
        function open(){
        var name="";
        try{name=decodeURIComponent(location.hash.slice(1));}catch(error){return;}
        var row=name&&document.getElementById(name);
        if(!row||row.tagName!=="TR"){return;}
        if(row.hidden){query.value="";priority.value="";boxes.forEach(function(box){box.checked=true;});apply();}
        var details=row.querySelector("details");
        if(details){details.open=true;}
        row.scrollIntoView({block:"center"});
        }
        form.hidden=false;
        form.addEventListener("submit",function(event){event.preventDefault();});
        form.addEventListener("change",apply);
        query.addEventListener("input",function(){clearTimeout(timer);timer=setTimeout(apply,80);});
        window.addEventListener("hashchange",open);
        window.addEventListener("beforeprint",function(){
        document.querySelectorAll("details.problem").forEach(function(details){details.open=true;});
        });
        apply();
        open();
        })();
        """
}
