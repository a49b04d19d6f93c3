Console.WriteLine("cellstitch");
