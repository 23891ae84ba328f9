// Serves MongoDB's protocol with FerretDB 1 on SQLite, for the peers of the platform mongodb. The command of
// FerretDB itself starts only when its own build has written a version into it; as a library it needs none.
//
//	ferretdb 127.0.0.1:PORT FOLDER
package main

import (
	"context"
	"log"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: ferretdb 127.0.0.1:PORT FOLDER")
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: os.Args[1]},
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[2] + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
