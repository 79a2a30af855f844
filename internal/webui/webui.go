// Package webui serves the screen from inside the program: the files that Vite
// built, embedded. A program built without Node holds none of them and says how
// to build them.
package webui

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// missing is shown where the screen was not built into the program.
const missing = `<!doctype html><html lang="zh-Hant"><meta charset="utf-8"><title>北辰 Beichen</title>
<meta name="viewport" content="width=device-width">
<body style="font:16px/1.7 system-ui;max-width:36em;margin:12vh auto;padding:0 1em;background:#f6f5f1;color:#16213a">
<h1>北辰</h1>
<p>這個程式沒有內含畫面。請安裝 Node 20.19 以上，在專案資料夾執行 <code>make build</code>，再啟動一次。介面 <code>/api/v1</code> 與收件端點照常運作。</p>
<p lang="zh-Hans">此程序未包含界面。请安装 Node 20.19 以上，在项目文件夹运行 <code>make build</code> 后重新启动。接口照常工作。</p>
<p lang="en">This program was built without its screen. With Node 20.19 or newer, run <code>make build</code> in the project and start it again. The API and capture work as they are.</p>`

// Handler serves the screen's files, and its index page for every other path,
// which the screen's own router reads. Files under /assets/ carry a hash of
// their content in their name, so browsers may keep them for ever.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the embedded folder is part of the program
	}
	return handler(files)
}

func handler(files fs.FS) http.Handler {
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(files, name); err == nil && !info.IsDir() && name != "index.html" {
			if strings.HasPrefix(name, "assets/") {
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			server.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(name, "assets/") {
			http.NotFound(w, r) // an old page asks for a file of an older build
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		page, err := fs.ReadFile(files, "index.html")
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			page = []byte(missing)
		}
		_, _ = w.Write(page) // the reader has gone
	})
}
